import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;

/** Starts Spring, which reads its configuration from the parameter store, and prints what it found there. */
@EnableAutoConfiguration
public class Reader {
  public static void main(String[] words) {
    ConfigurableEnvironment environment = SpringApplication.run(Reader.class, words).getEnvironment();
    environment.getPropertySources().stream()
        .filter(source -> source.getName().startsWith("aws-parameterstore:"))
        .flatMap(source -> Arrays.stream(((EnumerablePropertySource<?>) source).getPropertyNames()))
        .sorted()
        .forEach(name -> System.out.println(name + "=" + environment.getProperty(name)));
  }
}
