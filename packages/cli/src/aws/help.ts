/**
 * What `help` prints: the services, the operations of a service, the options of an operation.
 * @module
 */

import type { Member } from '@securestring/service';
import { type AwsOperation, type AwsService, SERVICES } from './services.ts';
import type { Words } from './words.ts';
import { optionMembers } from './words.ts';

/** Writes the help that the words ask for. */
export function helpOf({ service, operation }: Pick<Words, 'service' | 'operation'>): string {
  if (service === undefined) return ofAll();
  return operation === undefined ? ofService(service) : ofOperation(service, operation);
}

const USAGE = 'Usage: securestring aws [options] SERVICE OPERATION [options]';
const OPTIONS = `Options of every command:
  --output FORM              json (default), text, table or yaml
  --query EXPRESSION         print what this expression of JMESPath finds in the answer
  --region REGION            the store of this Region of the account, as serve finds it
  --cli-binary-format FORM   base64 (default) or raw-in-base64-out
  --no-paginate              print the first page of a list alone
`;

function ofAll(): string {
  const services = [...SERVICES.values()].map(({ name, title }) => `  ${name.padEnd(6)} ${title}`);
  return `${USAGE}

The aws command line's words for the operations that the store has. Nothing leaves this machine.

Services:
${services.join('\n')}

${OPTIONS}
securestring aws SERVICE help lists the operations of a service.
`;
}

function ofService({ name, operations }: AwsService): string {
  return `Usage: securestring aws ${name} OPERATION [options]

Operations:
${[...operations.keys()].map((each) => `  ${each}`).join('\n')}

securestring aws ${name} OPERATION help lists the options of an operation.
`;
}

function ofOperation({ name, operations }: AwsService, operation: AwsOperation): string {
  const [command] = [...operations].find(([, each]) => each === operation) ?? [];
  const members = [...optionMembers({ ...operation, refused: {} })];
  const lines = members.flatMap(([option, [, member]]) => {
    const isHidden = operation.pages !== undefined && isPageMember(operation, option);
    return isHidden
      ? []
      : [`  ${usageOf(option, member).padEnd(44)} ${member.isOptional ? '' : '(required)'}`.trimEnd()];
  });
  const pages =
    operation.pages === undefined ? [] : ['  --max-items NUMBER', '  --page-size NUMBER', '  --starting-token TOKEN'];
  const own = [...lines, ...pages, '  --cli-input-json JSON', '  --generate-cli-skeleton'];
  return `Usage: securestring aws ${name} ${command} [options]

Options:
${own.join('\n')}

${OPTIONS}`;
}

function isPageMember({ pages }: AwsOperation, option: string): boolean {
  const own = option.replaceAll('-', '');
  return [pages?.input, pages?.limit].some((each) => each?.toLowerCase() === own);
}

function usageOf(option: string, member: Member): string {
  return member.json === 'flag' ? `--${option} | --no-${option}` : `--${option} ${kindOf(member)}`;
}

function kindOf({ wire, json }: Member): string {
  if (wire === 'blob') return 'BYTES';
  if (wire === 'time') return 'TIME';
  if (wire === 'verbatim') return 'NAME=TEXT,...';
  if (typeof wire === 'string') return json === 'number' ? 'NUMBER' : 'TEXT';
  if ('list' in wire) return `${kindOf(wire.list)}...`;
  return Object.entries(wire.record)
    .map(([name, member]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}=${kindOf(member)}`)
    .join(',');
}
