/**
 * `aws`: the words, options and output of the aws command line for the operations that the store has.
 * @module
 */

import { examples, type Register } from '../command/command.ts';

export const registerAws: Register = (program, act) => {
  program
    .command('aws')
    .argument('[words...]', 'SERVICE OPERATION and its options, as the aws command line takes them')
    .description("take the aws command line's words, and print what it prints: ssm, kms, iam, sts")
    .allowUnknownOption()
    .helpOption(false)
    .addHelpText(
      'after',
      examples(
        'securestring aws ssm get-parameter --name /app/db/password --with-decryption',
        "securestring aws ssm get-parameters-by-path --path /app --recursive --query 'Parameters[].Name' --output text",
        'securestring aws kms encrypt --key-id alias/app --plaintext fileb://secret.bin --query CiphertextBlob',
        'securestring aws kms create-key help',
      ),
    )
    .action(
      act(async (words, _, context) => {
        const { runAws } = await import('./run.ts');
        return runAws(words, context);
      }),
    );
};
