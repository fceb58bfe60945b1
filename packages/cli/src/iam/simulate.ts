/**
 * `iam simulate`: what policies would decide, and why.
 * @module
 */

import type { Decision, Explanation, StatementExplanation } from '@securestring/service/policy';
import { examples, type Register } from '../command/command.ts';
import type { Context } from '../command/context.ts';
import { EXIT } from '../command/exit-codes.ts';
import { collect, collectTag } from '../command/option-values.ts';
import type { Colours } from '../output/colour.ts';
import { facts, table } from '../output/table.ts';
import { withStore } from '../store/with-store.ts';
import type { Answer, Asked } from './decision.ts';
import type { SubjectOptions } from './subject.ts';

interface SimulateOptions extends SubjectOptions, Asked {}

export const registerSimulate: Register = (program, act) => {
  program
    .command('simulate')
    .description('decide on a call by policies of files, else of the store, and show why; exit code 1 if it is denied')
    .option(
      '--policy <file>',
      "a policy of the caller as JSON, in place of the store's; several times for several",
      collect,
    )
    .option('--key-policy <file>', "the key's policy as JSON, in place of the store's")
    .requiredOption(
      '--as <caller>',
      'the user, the role, the session of a role, or the root; in the store by name, too',
    )
    .requiredOption('--action <action>', 'the action, such as kms:Decrypt')
    .requiredOption(
      '--resource <resource>',
      'the key, the parameter or another resource; * for none; in the store by alias or name, too',
    )
    .option('--context <key=value>', 'a pair of the encryption context; several times for several', collectTag)
    .option(
      '--condition <key=value>',
      'a value of a condition key, such as aws:SourceIp; several times for several',
      collectTag,
    )
    .addHelpText(
      'after',
      examples(
        'securestring iam simulate --as reader --action ssm:GetParameter --resource /app/db',
        'securestring iam simulate --policy reader.json --as arn:aws:iam::000000000000:role/reader \\\n' +
          '      --action kms:Decrypt --resource arn:aws:kms:us-east-1:000000000000:key/ID \\\n' +
          '      --context PARAMETER_ARN=arn:aws:ssm:us-east-1:000000000000:parameter/app/db',
      ),
    )
    .action(act<SimulateOptions>(async (_, options, context) => simulate(options, context)));
};

async function simulate(options: SimulateOptions, context: Context): Promise<number> {
  const [{ decideOn }, { subjectOfFiles, subjectOfStore }] = await Promise.all([
    import('./decision.ts'),
    import('./subject.ts'),
  ]);
  const isOfFiles = options.policy !== undefined || options.keyPolicy !== undefined;
  const subject = isOfFiles
    ? await subjectOfFiles(options, context)
    : await withStore(context, ({ keystore }) => subjectOfStore(options, keystore));
  const answer = decideOn(subject, options);
  context.json(shapeOf(answer), () => report(answer, context.colour));
  if (answer.isKeyPolicyAssumed) {
    context.note('Without --key-policy, a key is taken to leave all to its account, as a new key does.');
  }
  return answer.explanation.decision.isAllowed ? EXIT.ok : EXIT.failed;
}

/** IAM's words for decisions. */
function wordOf(decision: Decision): 'allowed' | 'explicitDeny' | 'implicitDeny' {
  if (decision.isAllowed) return 'allowed';
  return decision.by === undefined ? 'implicitDeny' : 'explicitDeny';
}

function decidingOf({ decision }: Explanation): string {
  const { by } = decision;
  if (by === undefined) return 'no statement';
  if (typeof by === 'string') return `the ${by}`;
  return `${by.type} ${by.policy}, ${by.statement}`;
}

function shapeOf({ explanation, action, resource, caller, denial }: Answer): object {
  const { decision, statements, omitted } = explanation;
  return { caller, action, resource, decision: wordOf(decision), decidedBy: decision.by, denial, statements, omitted };
}

function report({ explanation, reasons, denial }: Answer, colour: Colours): string {
  const { decision, statements, omitted } = explanation;
  const paint = decision.isAllowed ? colour.green : colour.red;
  const lines = facts(
    [
      ['Decision', { text: wordOf(decision), paint }],
      ['Decided by', decidingOf(explanation)],
      ['AWS says', denial],
    ],
    colour,
  );
  if (statements.length === 0) return `${lines}\nNo statement is about the action.`;
  const row = ({ policy, statement, effect }: StatementExplanation, i: number) => [
    policy,
    statement,
    effect,
    reasons[i] ?? '',
  ];
  const rows = table(['POLICY', 'STATEMENT', 'EFFECT', 'IT'], statements.map(row), colour);
  return [lines, '', rows, ...(omitted > 0 ? [`… and ${omitted} more`] : [])].join('\n');
}
