import com.amazonaws.encryptionsdk.AwsCrypto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.kms.model.InvalidCiphertextException;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterNotFoundException;
import software.amazon.awssdk.services.ssm.model.ParameterTier;
import software.amazon.awssdk.services.ssm.model.ParameterType;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsDiscoveryKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsKeyringInput;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsMultiKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

/** Drives the AWS SDK for Java and its Encryption SDK against the endpoint that the environment names. */
public final class Clients {
  private static final Map<String, String> CONTEXT = Map.of("tenant", "größe");

  public static void main(String[] words) throws IOException {
    switch (words[0]) {
      case "sdk" -> drive();
      case "encrypt" -> encrypt(words[1]);
      case "decrypt" -> decrypt(words[1]);
      case "open" -> open(words[1]);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static void encrypt(String keyArn) throws IOException {
    byte[] text = System.in.readAllBytes();
    System.out.write(crypto().encryptData(strict(keyArn), text, CONTEXT).getResult());
    System.out.flush();
  }

  private static void decrypt(String keyArn) throws IOException {
    byte[] message = System.in.readAllBytes();
    IKeyring keyring = keyArn.equals("discovery") ? discovery() : strict(keyArn);
    System.out.write(crypto().decryptData(keyring, message).getResult());
    System.out.flush();
  }

  /** Opens a message in base64 from each line. */
  private static void open(String keyArn) throws IOException {
    IKeyring keyring = keyArn.equals("discovery") ? discovery() : strict(keyArn);
    for (String line : new String(System.in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
      byte[] message = Base64.getDecoder().decode(line);
      System.out.println(Base64.getEncoder().encodeToString(crypto().decryptData(keyring, message).getResult()));
    }
  }

  private static AwsCrypto crypto() {
    return AwsCrypto.builder().build();
  }

  private static MaterialProviders providers() {
    return MaterialProviders.builder().MaterialProvidersConfig(MaterialProvidersConfig.builder().build()).build();
  }

  /** Makes the keyring of a key, or of several with commas between. */
  private static IKeyring strict(String keyArn) {
    List<String> keyArns = List.of(keyArn.split(","));
    if (keyArns.size() > 1) {
      return providers()
          .CreateAwsKmsMultiKeyring(
              CreateAwsKmsMultiKeyringInput.builder()
                  .generator(keyArns.get(0))
                  .kmsKeyIds(keyArns.subList(1, keyArns.size()))
                  .build());
    }
    return providers()
        .CreateAwsKmsKeyring(
            CreateAwsKmsKeyringInput.builder().kmsKeyId(keyArn).kmsClient(KmsClient.create()).build());
  }

  private static IKeyring discovery() {
    return providers()
        .CreateAwsKmsDiscoveryKeyring(
            CreateAwsKmsDiscoveryKeyringInput.builder().kmsClient(KmsClient.create()).build());
  }

  private static void drive() {
    Map<String, Object> found = new LinkedHashMap<>();
    try (KmsClient kms = KmsClient.create();
        SsmClient ssm = SsmClient.create();
        StsClient sts = StsClient.create()) {
      driveKeys(kms, found);
      driveParameters(ssm, found);
      found.put("caller", sts.getCallerIdentity().arn());
    }
    System.out.println(json(found));
  }

  private static void driveKeys(KmsClient kms, Map<String, Object> found) {
    var made = kms.createKey(key -> key.description("größe")).keyMetadata();
    found.put("created", made.creationDate() != null);
    kms.createAlias(alias -> alias.aliasName("alias/java").targetKeyId(made.keyId()));
    SdkBytes text = SdkBytes.fromUtf8String("text");
    SdkBytes sealed =
        kms.encrypt(ask -> ask.keyId("alias/java").plaintext(text).encryptionContext(CONTEXT)).ciphertextBlob();
    var opened = kms.decrypt(ask -> ask.ciphertextBlob(sealed).encryptionContext(CONTEXT));
    found.put("opened", List.of(opened.plaintext().asUtf8String(), opened.keyId().equals(made.arn())));
    try {
      kms.decrypt(ask -> ask.ciphertextBlob(sealed));
    } catch (InvalidCiphertextException refused) {
      found.put("unbound", true);
    }
    var data = kms.generateDataKey(ask -> ask.keyId(made.keyId()).numberOfBytes(32));
    var again = kms.decrypt(ask -> ask.ciphertextBlob(data.ciphertextBlob()));
    found.put("data key", Arrays.equals(data.plaintext().asByteArray(), again.plaintext().asByteArray()));
    String mac =
        kms.createKey(key -> key.keySpec(KeySpec.HMAC_256).keyUsage(KeyUsageType.GENERATE_VERIFY_MAC))
            .keyMetadata()
            .keyId();
    var algorithm = MacAlgorithmSpec.HMAC_SHA_256;
    SdkBytes tag = kms.generateMac(ask -> ask.keyId(mac).macAlgorithm(algorithm).message(text)).mac();
    var verified = kms.verifyMac(ask -> ask.keyId(mac).macAlgorithm(algorithm).message(text).mac(tag));
    found.put("mac", verified.macValid());
    kms.enableKeyRotation(ask -> ask.keyId(made.keyId()).rotationPeriodInDays(90));
    found.put("rotation", kms.getKeyRotationStatus(ask -> ask.keyId(made.keyId())).rotationPeriodInDays());
    kms.disableKey(ask -> ask.keyId(made.keyId()));
    try {
      kms.encrypt(ask -> ask.keyId(made.keyId()).plaintext(text));
    } catch (DisabledException refused) {
      found.put("disabled", true);
    }
    kms.enableKey(ask -> ask.keyId(made.keyId()));
    try {
      kms.describeCustomKeyStores();
    } catch (KmsException refused) {
      found.put("not here", refused.awsErrorDetails().errorCode());
    }
    found.put("keys", kms.listKeysPaginator(ask -> ask.limit(1)).keys().stream().count());
  }

  private static void driveParameters(SsmClient ssm, Map<String, Object> found) {
    for (int i = 0; i < 15; i++) {
      String name = String.format("/java/p%02d", i);
      String value = "v" + i;
      ssm.putParameter(put -> put.name(name).value(value).type(ParameterType.SECURE_STRING).keyId("alias/java"));
    }
    List<String> values = new ArrayList<>();
    ssm.getParametersByPathPaginator(ask -> ask.path("/java").withDecryption(true)).stream()
        .flatMap(page -> page.parameters().stream())
        .forEach(parameter -> values.add(parameter.value()));
    found.put("by path", String.join(" ", values));
    var advanced =
        ssm.putParameter(
            put ->
                put.name("/java/p00")
                    .value("ü".repeat(3000))
                    .overwrite(true)
                    .type(ParameterType.SECURE_STRING)
                    .tier(ParameterTier.ADVANCED));
    found.put("advanced", List.of(advanced.version(), advanced.tierAsString()));
    try {
      ssm.getParameter(ask -> ask.name("/none"));
    } catch (ParameterNotFoundException refused) {
      found.put("none", true);
    }
    var described = ssm.describeParametersPaginator(ask -> ask.maxResults(7)).stream();
    found.put("described", described.mapToInt(page -> page.parameters().size()).sum());
    found.put("deleted", ssm.deleteParameters(ask -> ask.names("/java/p01", "/java/none")).invalidParameters());
  }

  private static String json(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(Clients::json).collect(Collectors.joining(",", "[", "]"));
    }
    return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
  }
}
