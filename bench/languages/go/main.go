// The Encryption SDK for Go, as a contestant: ../contestants.ts has the protocol.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	mpl "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygenerated"
	mpltypes "github.com/aws/aws-cryptographic-material-providers-library/releases/go/mpl/awscryptographymaterialproviderssmithygeneratedtypes"
	esdk "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygenerated"
	esdktypes "github.com/aws/aws-encryption-sdk/releases/go/encryption-sdk/awscryptographyencryptionsdksmithygeneratedtypes"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	client := must(esdk.NewClient(esdktypes.AwsEncryptionSdkConfig{}))
	providers := must(mpl.NewClient(mpltypes.MaterialProvidersConfig{}))
	keyring := must(providers.CreateRawAesKeyring(ctx, mpltypes.CreateRawAesKeyringInput{
		KeyNamespace: "bench",
		KeyName:      "key-1",
		WrappingKey:  must(hex.DecodeString(os.Args[1])),
		WrappingAlg:  mpltypes.AesWrappingAlgAlgAes256GcmIv12Tag16,
	}))
	suite := mpltypes.ESDKAlgorithmSuiteIdAlgAes256GcmHkdfSha512CommitKey
	frameLength := int64(4096)
	seal := func(plaintext []byte) []byte {
		return must(client.Encrypt(ctx, esdktypes.EncryptInput{
			Plaintext: plaintext, EncryptionContext: map[string]string{"purpose": "bench"},
			Keyring: keyring, AlgorithmSuiteId: &suite, FrameLength: &frameLength,
		})).Ciphertext
	}
	open := func(message []byte) []byte {
		return must(client.Decrypt(ctx, esdktypes.DecryptInput{Ciphertext: message, Keyring: keyring})).Plaintext
	}

	var plaintext, message []byte
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		words := strings.Fields(line)
		switch words[0] {
		case "seal":
			plaintext = must(base64.StdEncoding.DecodeString(words[1]))
			message = seal(plaintext)
			fmt.Println(base64.StdEncoding.EncodeToString(message))
		case "open":
			fmt.Println(base64.StdEncoding.EncodeToString(open(must(base64.StdEncoding.DecodeString(words[1])))))
		case "time-seal", "time-open":
			calls := must(strconv.Atoi(words[1]))
			work := func() { seal(plaintext) }
			if words[0] == "time-open" {
				work = func() { open(message) }
			}
			start := time.Now()
			for range calls {
				work()
			}
			fmt.Println(float64(time.Since(start).Nanoseconds()) / float64(calls))
		}
	}
}
