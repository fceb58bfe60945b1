/**
 * `iam lint`: mistakes in a policy that AWS stores without a word.
 * @module
 */

import { counted, shown } from '@securestring/core/quoted';
import type { Finding, PolicyKind } from '@securestring/service/policy';
import { Option } from 'commander';
import { examples, type Register } from '../command/command.ts';
import { EXIT } from '../command/exit-codes.ts';
import type { Colours } from '../output/colour.ts';
import { inputFor } from '../store/typed-input.ts';

interface LintCommandOptions {
  readonly type?: PolicyKind;
  readonly keyArn?: string;
  readonly ofRole?: boolean;
}

export const registerLint: Register = (program, act) => {
  program
    .command('lint')
    .argument('<file>', 'the policy as JSON; - for standard input')
    .description('find mistakes in a policy that AWS stores without a word; exit code 1 if there are some')
    .addOption(
      new Option('--type <type>', 'what the policy is of (default: what its elements show)').choices([
        'identity',
        'key',
        'trust',
      ]),
    )
    .option('--key-arn <arn>', 'the key whose policy it is')
    .option('--of-role', "the policy is a role's, whose sessions have no aws:username")
    .addHelpText(
      'after',
      examples('securestring iam lint policy.json', 'securestring key policy get alias/app | securestring iam lint -'),
    )
    .action(
      act<LintCommandOptions>(async ([file = ''], { type, keyArn, ofRole }, context) => {
        const [{ lintPolicy }, { readDocument }] = await Promise.all([
          import('@securestring/service/policy'),
          import('./documents.ts'),
        ]);
        const input = await inputFor(context, file, 'Policy');
        const policy = await readDocument(file, () => input, type);
        const findings = lintPolicy(policy, {
          ...(keyArn !== undefined && { keyArn }),
          ...(ofRole !== undefined && { isOfRole: ofRole }),
        });
        context.json({ type: policy.kind, findings }, () => report(policy.kind, findings, context.colour));
        return findings.length > 0 ? EXIT.failed : EXIT.ok;
      }),
    );
};

const OF: Readonly<Record<PolicyKind, string>> = {
  identity: 'a policy of a user or a role',
  key: 'a key policy',
  trust: 'a trust policy',
};

function report(kind: PolicyKind, findings: readonly Finding[], colour: Colours): string {
  const texts = findings.map(({ id, place, sid, element, value, happens, instead }) => {
    const where = sid === undefined ? `Statement ${place}` : `Statement ${place} (${sid})`;
    return `${colour.yellow(id)}  ${shown(`${where}, ${element}: ${value}`)}\n  ${happens}\n  ${instead}`;
  });
  const count = findings.length === 0 ? 'Nothing was found' : counted(findings.length, 'mistake');
  return [...texts, `${count} in ${OF[kind]}.`].join('\n');
}
