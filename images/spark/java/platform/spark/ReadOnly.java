package platform.spark;

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
import scala.collection.Iterator;
import scala.collection.Seq;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Lets every session but the first, which is the server's own, do nothing but read files below `spark.platform.sql.root`. Without it
 * whoever may ask may also write and delete, read the server's own files, and run programs (TRANSFORM, reflect, ADD JAR). It is held
 * to what is known to be harmless: whatever else Spark learns is refused.
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

  private static SparkSession owner;

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
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
