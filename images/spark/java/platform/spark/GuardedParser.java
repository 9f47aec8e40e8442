package platform.spark;

import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;

/** Looks at a text before Spark's parser does, which puts values in for variables before anybody sees a plan. */
record GuardedParser(ParserInterface parser, Guard guard) implements ParserInterface {
  /** Throws where the text may not be parsed. */
  interface Guard {
    void check(String text);
  }

  private ParserInterface checked(String text) {
    guard.check(text);
    return parser;
  }

  @Override
  public LogicalPlan parsePlan(String text) throws ParseException {
    return checked(text).parsePlan(text);
  }

  @Override
  public LogicalPlan parseQuery(String text) throws ParseException {
    return checked(text).parseQuery(text);
  }

  @Override
  public Expression parseExpression(String text) throws ParseException {
    return checked(text).parseExpression(text);
  }

  @Override
  public TableIdentifier parseTableIdentifier(String text) throws ParseException {
    return checked(text).parseTableIdentifier(text);
  }

  @Override
  public FunctionIdentifier parseFunctionIdentifier(String text) throws ParseException {
    return checked(text).parseFunctionIdentifier(text);
  }

  @Override
  public Seq<String> parseMultipartIdentifier(String text) throws ParseException {
    return checked(text).parseMultipartIdentifier(text);
  }

  @Override
  public StructType parseRoutineParam(String text) throws ParseException {
    return checked(text).parseRoutineParam(text);
  }

  @Override
  public StructType parseTableSchema(String text) throws ParseException {
    return checked(text).parseTableSchema(text);
  }

  @Override
  public DataType parseDataType(String text) throws ParseException {
    return checked(text).parseDataType(text);
  }
}
