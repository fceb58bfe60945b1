// Drives the AWS SDK for Go against the endpoint that the environment names, and prints what came back as JSON.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

// must ends the program with an error that nothing here expects.
func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

// refusal gives the name and the text of AWS's error.
func refusal[T any](_ T, err error) []string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return []string{refused.ErrorCode(), refused.ErrorMessage()}
	}
	return []string{fmt.Sprint(err), ""}
}

func main() {
	settings := must(config.LoadDefaultConfig(ctx))
	found := map[string]any{}
	driveKeys(kms.NewFromConfig(settings), found)
	driveParameters(ssm.NewFromConfig(settings), found)
	driveChamber(ssm.NewFromConfig(settings), found)
	caller := must(sts.NewFromConfig(settings).GetCallerIdentity(ctx, nil))
	found["caller"] = *caller.Arn
	must(0, json.NewEncoder(os.Stdout).Encode(found))
}

func driveKeys(client *kms.Client, found map[string]any) {
	made := must(client.CreateKey(ctx, &kms.CreateKeyInput{Tags: []kmstypes.Tag{{TagKey: aws.String("a"), TagValue: aws.String("größe")}}}))
	id := made.KeyMetadata.KeyId
	found["created"] = !made.KeyMetadata.CreationDate.IsZero()
	must(client.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/go"), TargetKeyId: id}))
	bound := map[string]string{"tenant": "größe", "empty": ""}
	sealed := must(client.Encrypt(ctx, &kms.EncryptInput{KeyId: aws.String("alias/go"), Plaintext: []byte("\x00text"), EncryptionContext: bound}))
	opened := must(client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: bound}))
	found["opened"] = []any{string(opened.Plaintext), *opened.KeyId == *made.KeyMetadata.Arn}
	_, err := client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: sealed.CiphertextBlob})
	var invalid *kmstypes.InvalidCiphertextException
	found["unbound"] = errors.As(err, &invalid)
	data := must(client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: id, NumberOfBytes: aws.Int32(32), EncryptionContext: bound}))
	again := must(client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: data.CiphertextBlob, EncryptionContext: bound, KeyId: id}))
	found["data key"] = bytes.Equal(data.Plaintext, again.Plaintext)
	other := must(client.CreateKey(ctx, nil)).KeyMetadata.KeyId
	moved := must(client.ReEncrypt(ctx, &kms.ReEncryptInput{CiphertextBlob: sealed.CiphertextBlob, SourceEncryptionContext: bound, DestinationKeyId: other}))
	found["moved"] = string(must(client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: moved.CiphertextBlob})).Plaintext)
	_, err = client.Decrypt(ctx, &kms.DecryptInput{CiphertextBlob: moved.CiphertextBlob, KeyId: id})
	found["wrong key"] = refusal(0, err)[0]
	mac := must(client.CreateKey(ctx, &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecHmac256, KeyUsage: kmstypes.KeyUsageTypeGenerateVerifyMac})).KeyMetadata.KeyId
	tag := must(client.GenerateMac(ctx, &kms.GenerateMacInput{KeyId: mac, MacAlgorithm: kmstypes.MacAlgorithmSpecHmacSha256, Message: []byte("m")}))
	found["mac"] = must(client.VerifyMac(ctx, &kms.VerifyMacInput{KeyId: mac, MacAlgorithm: kmstypes.MacAlgorithmSpecHmacSha256, Message: []byte("m"), Mac: tag.Mac})).MacValid
	must(client.EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: id, RotationPeriodInDays: aws.Int32(90)}))
	must(client.RotateKeyOnDemand(ctx, &kms.RotateKeyOnDemandInput{KeyId: id}))
	found["rotation"] = *must(client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: id})).RotationPeriodInDays
	found["policy"] = strings.Contains(*must(client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: id})).Policy, ":root")
	must(client.DisableKey(ctx, &kms.DisableKeyInput{KeyId: id}))
	_, err = client.Encrypt(ctx, &kms.EncryptInput{KeyId: id, Plaintext: []byte("x")})
	var disabled *kmstypes.DisabledException
	found["disabled"] = errors.As(err, &disabled)
	must(client.EnableKey(ctx, &kms.EnableKeyInput{KeyId: id}))
	_, err = client.GenerateRandom(ctx, &kms.GenerateRandomInput{NumberOfBytes: aws.Int32(1025)})
	found["too long"] = refusal(0, err)
	_, err = client.DescribeCustomKeyStores(ctx, &kms.DescribeCustomKeyStoresInput{})
	found["not here"] = refusal(0, err)
	keys := 0
	for pages := kms.NewListKeysPaginator(client, &kms.ListKeysInput{Limit: aws.Int32(1)}); pages.HasMorePages(); {
		keys += len(must(pages.NextPage(ctx)).Keys)
	}
	found["keys"] = keys
	deletion := must(client.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: other, PendingWindowInDays: aws.Int32(7)}))
	found["deletion"] = deletion.KeyState
}

func driveParameters(client *ssm.Client, found map[string]any) {
	put := func(name, value string, more func(*ssm.PutParameterInput)) (*ssm.PutParameterOutput, error) {
		input := &ssm.PutParameterInput{Name: aws.String(name), Value: aws.String(value), Type: ssmtypes.ParameterTypeSecureString}
		if more != nil {
			more(input)
		}
		return client.PutParameter(ctx, input)
	}
	for i := range 25 {
		must(put(fmt.Sprintf("/go/p%02d", i), fmt.Sprint("v", i), func(input *ssm.PutParameterInput) { input.KeyId = aws.String("alias/go") }))
	}
	values := []string{}
	byPath := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{Path: aws.String("/go"), WithDecryption: aws.Bool(true)})
	for byPath.HasMorePages() {
		for _, parameter := range must(byPath.NextPage(ctx)).Parameters {
			values = append(values, *parameter.Value)
		}
	}
	found["by path"] = strings.Join(values, " ")
	advanced := must(put("/go/p00", strings.Repeat("ü", 3000), func(input *ssm.PutParameterInput) {
		input.Overwrite, input.Tier = aws.Bool(true), ssmtypes.ParameterTierAdvanced
	}))
	found["advanced"] = []any{advanced.Version, advanced.Tier}
	_, err := put("/go/p01", "x", nil)
	var exists *ssmtypes.ParameterAlreadyExists
	found["exists"] = errors.As(err, &exists)
	_, err = client.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/none")})
	var missing *ssmtypes.ParameterNotFound
	found["none"] = errors.As(err, &missing)
	must(client.LabelParameterVersion(ctx, &ssm.LabelParameterVersionInput{Name: aws.String("/go/p00"), Labels: []string{"prod"}}))
	labelled := must(client.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String("/go/p00:prod")}))
	found["labelled"] = *labelled.Parameter.Selector
	described := 0
	pages := ssm.NewDescribeParametersPaginator(client, &ssm.DescribeParametersInput{MaxResults: aws.Int32(7)})
	for pages.HasMorePages() {
		described += len(must(pages.NextPage(ctx)).Parameters)
	}
	found["described"] = described
	deleted := must(client.DeleteParameters(ctx, &ssm.DeleteParametersInput{Names: []string{"/go/p01", "/go/none"}}))
	found["deleted"] = [][]string{deleted.DeletedParameters, deleted.InvalidParameters}
}

// driveChamber makes chamber's calls in its order, and needs of the answers what it needs.
func driveChamber(client *ssm.Client, found map[string]any) {
	name := aws.String("/svc/key")
	read := func(name string) *ssm.GetParametersOutput {
		return must(client.GetParameters(ctx, &ssm.GetParametersInput{Names: []string{name}, WithDecryption: aws.Bool(true)}))
	}
	found["chamber config"] = read("/_chamber/store-config").InvalidParameters
	for version, value := range []string{"one", "two"} {
		read(*name)
		must(client.PutParameter(ctx, &ssm.PutParameterInput{
			Name: name, Value: aws.String(value), KeyId: aws.String("alias/aws/ssm"), Overwrite: aws.Bool(true),
			Type: ssmtypes.ParameterTypeSecureString, Description: aws.String(fmt.Sprint(version + 1)),
		}))
	}
	filter := func(key, option, value string) []ssmtypes.ParameterStringFilter {
		return []ssmtypes.ParameterStringFilter{{Key: aws.String(key), Option: aws.String(option), Values: []string{value}}}
	}
	inPath := must(client.DescribeParameters(ctx, &ssm.DescribeParametersInput{MaxResults: aws.Int32(50), ParameterFilters: filter("Path", "OneLevel", "/svc")}))
	listed := inPath.Parameters[0]
	// chamber follows these pointers without a look.
	found["chamber list"] = []any{*listed.Name, listed.Version, *listed.Description, *listed.LastModifiedUser, !listed.LastModifiedDate.IsZero()}
	services := must(client.DescribeParameters(ctx, &ssm.DescribeParametersInput{MaxResults: aws.Int32(50), ParameterFilters: filter("Name", "BeginsWith", "/svc")}))
	found["chamber services"] = len(services.Parameters)
	exported := must(client.GetParametersByPath(ctx, &ssm.GetParametersByPathInput{Path: aws.String("/svc/"), WithDecryption: aws.Bool(true)}))
	found["chamber export"] = *exported.Parameters[0].Value
	history := must(client.GetParameterHistory(ctx, &ssm.GetParameterHistoryInput{Name: name, WithDecryption: aws.Bool(false)}))
	changes := []any{}
	for _, version := range history.Parameters {
		changes = append(changes, []any{version.Version, *version.LastModifiedUser})
	}
	found["chamber history"] = changes
	must(client.AddTagsToResource(ctx, &ssm.AddTagsToResourceInput{
		ResourceId: name, ResourceType: ssmtypes.ResourceTypeForTaggingParameter,
		Tags: []ssmtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))
	tags := must(client.ListTagsForResource(ctx, &ssm.ListTagsForResourceInput{ResourceId: name, ResourceType: ssmtypes.ResourceTypeForTaggingParameter}))
	found["chamber tags"] = *tags.TagList[0].Value
	must(client.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: name}))
}
