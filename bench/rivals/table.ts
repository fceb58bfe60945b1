/**
 * The rows of the comparison, and its page.
 * @module
 */

/** What a probe found: whether it holds, and what does not. */
export type Found = readonly [holds: boolean, note: string];
/** By the names of the probes. */
export type Findings = Readonly<Record<string, Found>>;

/** What each probe asks, in the order of the page. */
export const ROWS: Readonly<Record<string, string>> = {
  plaintext_hidden: "A plaintext is not in Encrypt's blob",
  bit_flips: 'Every flipped bit of a blob is refused',
  context_bound: 'The encryption context is bound: values, case, absence; order is free',
  key_states: 'Disabled keys and keys pending deletion refuse Encrypt and Decrypt',
  rotation: 'RotateKeyOnDemand: blobs from before and after it open, and it is listed',
  secure_string: "A stored SecureString is a ciphertext that KMS's Decrypt opens with `PARAMETER_ARN`",
  secure_string_needs_key: 'A SecureString is not read while its key is disabled',
  tiers: 'Tiers: sizes, no way back from Advanced, Intelligent-Tiering chooses',
  data_keys: 'Data keys of 32, 16 and 24 bytes; both ways to say it at once are refused',
  imported_material: 'Imported key material: other bytes are refused, the same open again',
  partitions: 'China and GovCloud have their partitions, and Regions are apart',
  restart: 'Keys and parameters outlive a restart',
  signatures: 'RSA and ECC keys sign and verify; a wrong signature is an error',
  replicas: "A multi-Region key's replica decrypts in its Region",
  grants: 'Grants are kept',
};

/** A server's column. */
export interface Column {
  /** Such as `moto 5.2.5`. */
  readonly name: string;
  readonly findings: Findings;
}

const HEAD = (date: string) => `# Comparison

What other emulators of AWS do of this job, and what they do that this one does not. \`npm run bench -- rivals\` installs
those of the first table, starts each, and asks all of them, SecureString too, the same questions through boto3: the
script is [\`bench/rivals/probes.py\`](../bench/rivals/probes.py). The table is of ${date}; they change quickly.
`;

/** The part that no run makes: facts from an earlier one, with their date, and what a table of this job leaves out. */
const TAIL = `
## Where they do more

All of these emulate far more of AWS: queues, buckets, functions, tables and roles, dozens of services. If an application
uses more than KMS, Parameter Store, \`GetCallerIdentity\` and \`AssumeRole\`, it needs one of them, or AWS. moto
evaluates identity policies if that is switched on. SecureString has no
RSA and ECC keys and no replicas; the rows above say who has them.

## Measured earlier

The run does not start these. Each was started and asked by hand in November 2026:

| | LocalStack community 2026.3.0 | fakecloud 0.51.0 | cloudemu 2.6 | floci 1.7.0 | local-kms of October 2023 |
|---|---|---|---|---|---|
| A plaintext is not in Encrypt's blob | yes | yes | yes | no | yes |
| 64 flipped bits of a blob are refused | yes | yes | yes | no: 48 open | yes |
| The encryption context is bound | \`{ab: c}\` opens what \`{a: bc}\` sealed | yes | yes | yes | \`{ab: c}\` opens what \`{a: bc}\` sealed |
| A stored SecureString is a ciphertext that Decrypt opens | no: plaintext | no | no: plaintext | no: plaintext | no Parameter Store |
| Tiers | no | no | no | no | no Parameter Store |
| Imported key material: other bytes are refused | no | no | no | no | yes |
| Keys and parameters outlive a restart | no | yes | no | yes | yes |
| A role can be denied a call | in paid editions | identity policies, if switched on | no | no | no |
| RSA and ECC signatures | yes | yes | no public key | no | RSA-PSS not verifiable elsewhere |
| A replica decrypts in its Region | yes | yes | yes, without \`mrk-\` | no | no |
`;

/** Writes the page. */
export function comparisonPage(date: string, columns: readonly Column[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    HEAD(date),
    row(['Question', ...columns.map(({ name }) => name)]),
    `|${'---|'.repeat(columns.length + 1)}`,
    ...Object.entries(ROWS).map(([probe, title]) =>
      row([title, ...columns.map(({ findings }) => cellOf(findings[probe]))]),
    ),
    TAIL,
  ].join('\n');
}

/** A cell: `yes`, or `no` with what does not hold. */
export function cellOf(found: Found | undefined): string {
  if (found === undefined) return 'not asked';
  const [holds, note] = found;
  // The note quotes what a server sent.
  return holds ? 'yes' : `no: ${note.replaceAll(/[^\x20-\x7e]|[|<>`\\]/g, '?')}`;
}
