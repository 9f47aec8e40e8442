package platform.spark;

import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.expressions.CallMethodViaReflection;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.TryReflect;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ScriptTransformation;
import org.apache.spark.sql.execution.command.SetCommand;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2Relation;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Lets every session but the first, which is the server's own, do nothing but read files below `spark.platform.sql.root`. Without it
 * whoever may ask may also write and delete, read the server's own files, and run programs (TRANSFORM, reflect, ADD JAR). It is held
 * to what is known to be harmless: whatever else Spark learns is refused. A client gives settings of its session as it connects, which
 * no plan shows: a session whose settings are not the server's may ask nothing.
 */
public final class ReadOnly extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  private static final String ROOT = "spark.platform.sql.root";

  /** Commands that tell, and those that choose a database. */
  private static final Set<String> HARMLESS =
      Set.of(
          "ShowTables", "ShowTablesCommand", "ShowTablesExtended", "ShowViews", "ShowViewsCommand", "ShowNamespaces",
          "ShowNamespacesCommand", "ShowColumns", "ShowColumnsCommand", "ShowFunctions", "ShowFunctionsCommand",
          "ShowCurrentNamespaceCommand", "ShowCatalogsCommand", "ShowTableProperties", "ShowTablePropertiesCommand",
          "DescribeRelation", "DescribeTableCommand", "DescribeColumn", "DescribeColumnCommand", "DescribeQueryCommand",
          "DescribeNamespace", "DescribeDatabaseCommand", "DescribeFunction", "DescribeFunctionCommand", "ExplainCommand",
          "SetCatalogAndNamespace", "SetNamespaceCommand");

  /** What the Thrift server itself sets in a session (SparkSQLSessionManager.openSession, HiveResult.getBinaryFormatter). */
  private static final Map<String, String> GIVEN =
      Map.of("spark.sql.datetime.java8API.enabled", "true", "spark.sql.binaryOutputStyle", "UTF-8");

  /** Begin of the settings of Hive, of which clients send some by themselves and which Spark does not ask for. */
  private static final String HIVE = "hive.";

  private static SparkSession owner;

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    GuardedProperties.install();
    extensions.injectParser(
        (session, parser) -> isOwner(session) ? parser : new GuardedParser(parser, text -> checkText(session, text)));
    extensions.injectCheckRule(
        session -> {
          boolean own = isOwner(session);
          String root = session.sparkContext().conf().get(ROOT);
          return plan -> {
            if (!own) check(plan, root);
            return BoxedUnit.UNIT;
          };
        });
    return BoxedUnit.UNIT;
  }

  private static synchronized boolean isOwner(SparkSession session) {
    if (owner == null) owner = session;
    return owner == session;
  }

  private static void checkText(SparkSession session, String text) {
    if (text.contains("${")) refuse("variables: ${");
    for (Iterator<Tuple2<String, String>> each = session.sessionState().conf().getAllConfs().iterator(); each.hasNext(); ) {
      Tuple2<String, String> setting = each.next();
      String name = setting._1();
      if (!name.startsWith(HIVE) && !setting._2().equals(settingOf(name))) refuse("clients to change settings: " + name);
    }
  }

  /** As the server has it; null where it has none. */
  private static String settingOf(String name) {
    String given = GIVEN.get(name);
    return given != null ? given : owner.sessionState().conf().getAllConfs().getOrElse(name, () -> null);
  }

  private static void check(LogicalPlan plan, String root) {
    if (plan instanceof Command) checkCommand(plan);
    if (plan instanceof ScriptTransformation) refuse("running programs");
    if (plan instanceof DataSourceV2Relation) refuse("reading from other sources");
    if (plan instanceof LogicalRelation relation) checkSource(relation, root);
    for (Iterator<Expression> each = plan.expressions().iterator(); each.hasNext(); ) check(each.next(), root);
    for (Iterator<LogicalPlan> each = plan.children().iterator(); each.hasNext(); ) check(each.next(), root);
  }

  private static void check(Expression expression, String root) {
    if (expression instanceof CallMethodViaReflection || expression instanceof TryReflect) refuse("calling methods");
    if (expression instanceof PlanExpression<?> subquery && subquery.plan() instanceof LogicalPlan plan) check(plan, root);
    for (Iterator<Expression> each = expression.children().iterator(); each.hasNext(); ) check(each.next(), root);
  }

  private static void checkCommand(LogicalPlan command) {
    if (command instanceof SetCommand set && (set.kv().isEmpty() || set.kv().get()._2().isEmpty())) return;
    if (!HARMLESS.contains(command.getClass().getSimpleName())) refuse("anything but reading");
  }

  private static void checkSource(LogicalRelation relation, String root) {
    if (!(relation.relation() instanceof HadoopFsRelation files)) {
      refuse("reading from other sources");
      return;
    }
    for (Iterator<Path> each = files.location().rootPaths().iterator(); each.hasNext(); )
      if (!(each.next().toString() + "/").startsWith(root)) refuse("reading files that are not in the lake");
  }

  private static void refuse(String what) {
    throw new SecurityException("This endpoint does not allow " + what + ".");
  }
}
