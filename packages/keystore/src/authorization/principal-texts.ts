/**
 * The principals in the text of a policy. They are replaced in place, so that all else of the text stays as it was put.
 * @module
 */

/** A text, or one of the signs that matter, in JSON that is known to be valid. */
const SIGNS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
/** The names that lead to the principals of a statement. */
const WAYS = ['Statement/Principal/AWS', 'Statement/NotPrincipal/AWS'];

/** An open record or list. */
interface Open {
  readonly isRecord: boolean;
  /** The name of the member that is being read. */
  name: string | undefined;
}

/**
 * Replaces principals of type `AWS` in the text of a policy. The same text elsewhere, such as a value of
 * `aws:PrincipalArn`, stays. `replace` returns `undefined` for one that stays.
 */
export function replacePrincipals(text: string, replace: (name: string) => string | undefined): string {
  const open: Open[] = [];
  const parts: string[] = [];
  let [last, copied] = ['', 0];
  for (const { 0: sign, index } of text.matchAll(SIGNS)) {
    const inner = open.at(-1);
    if (sign === '{' || sign === '[') open.push({ isRecord: sign === '{', name: undefined });
    else if (sign === '}' || sign === ']') open.pop();
    else if (sign === ':' && inner !== undefined) inner.name = JSON.parse(last) as string;
    else if (sign === ',' && inner?.isRecord === true) inner.name = undefined;
    else if (sign.startsWith('"') && isPrincipal(open)) {
      const other = replace(JSON.parse(sign) as string);
      if (other !== undefined) {
        parts.push(text.slice(copied, index), JSON.stringify(other));
        copied = index + sign.length;
      }
    }
    last = sign;
  }
  return [...parts, text.slice(copied)].join('');
}

/** Whether a text at this place is a principal, or one of a list of them. The name of a member is at no such place. */
function isPrincipal(open: readonly Open[]): boolean {
  return WAYS.includes(open.flatMap(({ isRecord, name }) => (isRecord ? [name] : [])).join('/'));
}
