/**
 * The short form of records on the aws command line: `Key=Name,Values=/a,/b`, `a={b=c}`, `a=[1,2]`, `a="b,c"`.
 * @module
 */

/** What a text in the short form says, before it is known what the members are. */
export type Short = string | readonly Short[] | { readonly [name: string]: Short };

/** A text that has not that form. Its message shows where. */
export class ShorthandError extends Error {}

const NAME = /[\w.#/:-]*/y;
const BLANK = /\s*/y;
/** A value without quotes, where a comma is written `\,`. Behind the first one of a list, a `=` ends it. */
const FIRST = /(?:\\,|[^\s"',=[{])(?:\\,|[^"',\]}])*/y;
const NEXT = /(?:\\,|[^\s"',=[{])(?:\\,|[^"',=])*/y;
const QUOTED: Readonly<Record<string, RegExp>> = { "'": /'(?:\\'|[^'])*'/y, '"': /"(?:\\"|[^"])*"/y };

/** @throws `ShorthandError`. */
export function parseShorthand(text: string): Readonly<Record<string, Short>> {
  const reader = new Reader(text);
  const record: Record<string, Short> = Object.create(null);
  let before = 0;
  do {
    const name = reader.name();
    const value = reader.values();
    if (name in record) throw reader.wrongAt(`Second instance of key "${name}" encountered`, before, REPEATED);
    record[name] = value;
    before = reader.at + 1;
  } while (reader.goesOn());
  return record;
}

const REPEATED = '\nThis is often because there is a preceding "," instead of a space.';

/** Reads a text from its beginning. */
class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** A name, and the `=` behind it. */
  name(): string {
    const name = this.match(NAME) ?? '';
    this.expect('=');
    return name;
  }

  /** Whether a comma follows, behind which there is another member. */
  goesOn(): boolean {
    if (this.at >= this.text.length) return false;
    this.expect(',');
    return true;
  }

  values(): Short {
    const next = this.text[this.at];
    if (next === undefined) return '';
    return next === '[' || next === '{' ? this.nested() : this.separated();
  }

  wrongAt(what: string, at: number, after = ''): ShorthandError {
    const before = this.text.lastIndexOf('\n', at - 1) + 1;
    const end = this.text.indexOf('\n', at);
    const line = end < 0 ? this.text.length : end;
    const place = `${this.text.slice(0, line)}\n${' '.repeat(at - before)}^${this.text.slice(line)}`;
    return new ShorthandError(`${what} for input:\n${place}${after}`);
  }

  /** Values up to the next member: `a=1,2,b=3`. */
  private separated(): Short {
    const first = this.value(FIRST) ?? '';
    this.match(BLANK);
    const list: Short[] = [first];
    while (this.text[this.at] === ',') {
      const before = this.at;
      this.expect(',');
      const next = this.value(NEXT);
      this.match(BLANK);
      const isValue = next !== undefined && (this.at >= this.text.length || this.text[this.at] === ',');
      if (!isValue) {
        if (this.at >= this.text.length) throw this.expected('<second>', '<none>');
        this.at = before;
        break;
      }
      list.push(next);
    }
    return list.length === 1 ? first : list;
  }

  private nested(): Short {
    const next = this.text[this.at];
    if (next === '[') return this.list();
    return next === '{' ? this.record() : (this.value(FIRST) ?? '');
  }

  private list(): Short {
    const list: Short[] = [];
    this.within('[', ']', () => list.push(this.nested()));
    return list;
  }

  private record(): Short {
    const record: Record<string, Short> = Object.create(null);
    this.within('{', '}', () => {
      const name = this.name();
      record[name] = this.nested();
    });
    return record;
  }

  private within(open: string, close: string, entry: () => void): void {
    this.expect(open);
    while (this.text[this.at] !== close) {
      entry();
      this.match(BLANK);
      if (this.text[this.at] !== close) this.expect(',');
    }
    this.at++;
  }

  /** A value in quotes, or one that the form allows without. */
  private value(form: RegExp): string | undefined {
    const quote = this.text[this.at] ?? '';
    const inQuotes = QUOTED[quote];
    if (inQuotes === undefined) return this.match(form)?.replaceAll('\\,', ',').trimEnd();
    const found = this.match(inQuotes);
    if (found === undefined) throw this.expected(quote === "'" ? '<singled quoted>' : '<double quoted>', '<none>');
    return found.slice(1, -1).replaceAll(`\\${quote}`, quote).replaceAll('\\\\', '\\');
  }

  private expect(character: string): void {
    this.match(BLANK);
    if (this.text[this.at] !== character) throw this.expected(character);
    this.at++;
    this.match(BLANK);
  }

  private expected(what: string, received = this.text[this.at] ?? 'EOF'): ShorthandError {
    return this.wrongAt(`Expected: '${what}', received: '${received}'`, this.at);
  }

  private match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const [found] = form.exec(this.text) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
