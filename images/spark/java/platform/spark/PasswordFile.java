package platform.spark;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;
import javax.security.sasl.AuthenticationException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.conf.Configured;
import org.apache.hive.service.auth.PasswdAuthenticationProvider;

/**
 * Logins of the Thrift server: a file with a line NAME=SHA-256 in hex for each user. The passwords are random and long, so a plain
 * hash cannot be guessed back. The file is read at each login: a change needs no restart.
 */
public final class PasswordFile extends Configured implements PasswdAuthenticationProvider {
  private static final String FILE = "platform.users.file";

  @Override
  public void Authenticate(String user, String password) throws AuthenticationException {
    byte[] found = digest(password == null ? "" : password);
    String stored = user == null ? null : users().getProperty(user);
    // Who is not known takes as long as who is.
    byte[] expected = stored == null ? new byte[found.length] : HexFormat.of().parseHex(stored.strip());
    if (!MessageDigest.isEqual(expected, found)) throw new AuthenticationException("wrong user or password");
  }

  private Properties users() throws AuthenticationException {
    Configuration settings = getConf();
    Properties users = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(settings.get(FILE)))) {
      users.load(reader);
    } catch (IOException error) {
      throw new AuthenticationException("the users cannot be read", error);
    }
    return users;
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException error) {
      throw new IllegalStateException(error);
    }
  }
}
