package platform.spark;

import java.util.Properties;

/**
 * The properties of the virtual machine, which sessions may not change: Hive's code sets one for all users where a client says
 * `set:system:NAME` as it connects.
 */
final class GuardedProperties extends Properties {
  private static final String SESSION = "org.apache.hive.service.cli.session.HiveSessionImpl";
  private static final StackWalker STACK = StackWalker.getInstance();

  private GuardedProperties() {}

  /** From here on in the place of those that there are. */
  static void install() {
    Properties guarded = new GuardedProperties();
    guarded.putAll(System.getProperties());
    System.setProperties(guarded);
  }

  @Override
  public Object setProperty(String name, String value) {
    boolean session = STACK.walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(SESSION)));
    if (session) throw new SecurityException("This endpoint does not allow changing the server's properties: " + name + ".");
    return super.setProperty(name, value);
  }
}
