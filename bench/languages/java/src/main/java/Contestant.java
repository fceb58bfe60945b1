import com.amazonaws.encryptionsdk.AwsCrypto;
import com.amazonaws.encryptionsdk.CryptoAlgorithm;
import com.amazonaws.encryptionsdk.jce.JceMasterKey;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.cryptography.materialproviders.IKeyring;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.AesWrappingAlg;
import software.amazon.cryptography.materialproviders.model.CreateRawAesKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

/** The Encryption SDK for Java, as a contestant: ../contestants.ts has the protocol. Arguments: the key, jce or mpl. */
public final class Contestant {
  private static final Map<String, String> CONTEXT = Map.of("purpose", "bench");

  public static void main(String[] args) throws Exception {
    byte[] key = HexFormat.of().parseHex(args[0]);
    AwsCrypto crypto =
        AwsCrypto.builder()
            .withEncryptionAlgorithm(CryptoAlgorithm.ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY)
            .withEncryptionFrameSize(4096)
            .build();
    if (args[1].equals("jce")) {
      JceMasterKey master =
          JceMasterKey.getInstance(new SecretKeySpec(key, "AES"), "bench", "key-1", "AES/GCM/NoPadding");
      answer(
          plaintext -> crypto.encryptData(master, plaintext, CONTEXT).getResult(),
          message -> crypto.decryptData(master, message).getResult());
    } else {
      IKeyring keyring =
          MaterialProviders.builder()
              .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
              .build()
              .CreateRawAesKeyring(
                  CreateRawAesKeyringInput.builder()
                      .keyNamespace("bench")
                      .keyName("key-1")
                      .wrappingKey(ByteBuffer.wrap(key))
                      .wrappingAlg(AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16)
                      .build());
      answer(
          plaintext -> crypto.encryptData(keyring, plaintext, CONTEXT).getResult(),
          message -> crypto.decryptData(keyring, message).getResult());
    }
  }

  private static void answer(UnaryOperator<byte[]> seal, UnaryOperator<byte[]> open) throws Exception {
    byte[] plaintext = {};
    byte[] message = {};
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "seal" -> {
          plaintext = Base64.getDecoder().decode(words[1]);
          message = seal.apply(plaintext);
          System.out.println(Base64.getEncoder().encodeToString(message));
        }
        case "open" ->
            System.out.println(
                Base64.getEncoder().encodeToString(open.apply(Base64.getDecoder().decode(words[1]))));
        case "time-seal" -> System.out.println(nanoseconds(seal, plaintext, Integer.parseInt(words[1])));
        default -> System.out.println(nanoseconds(open, message, Integer.parseInt(words[1])));
      }
    }
  }

  private static double nanoseconds(UnaryOperator<byte[]> work, byte[] bytes, int calls) {
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) work.apply(bytes);
    return (double) (System.nanoTime() - start) / calls;
  }
}
