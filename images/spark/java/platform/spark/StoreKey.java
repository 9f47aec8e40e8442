package platform.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The object store's key from the files of its Secret, `accessKey` and `secretKey`. In the environment or in a setting it would be
 * what anybody reads who gets Spark to tell one. The files are read for each request: a change needs no restart.
 */
public final class StoreKey implements AwsCredentialsProvider {
  private static final String FOLDER = "platform.store.folder";

  private final Path folder;

  /** As S3A makes it; see org.apache.hadoop.fs.s3a.auth.CredentialProviderListFactory. */
  public StoreKey(URI bucket, Configuration settings) {
    folder = Path.of(settings.get(FOLDER));
  }

  @Override
  public AwsCredentials resolveCredentials() {
    return AwsBasicCredentials.create(read("accessKey"), read("secretKey"));
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name)).strip();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
