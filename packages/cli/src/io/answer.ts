/**
 * An answer that is being typed or pasted: what each key does to it. Nothing here reads or shows.
 *
 * A terminal wraps what is pasted (bracketed paste, `ESC [ 200 ~` to `ESC [ 201 ~`): all of that is text, line ends
 * too. Where it does not, a line end with more behind it is part of a paste; only one with silence behind it is Enter.
 * @module
 */

/** Asks a terminal to wrap what is pasted, and ends that. */
export const PASTE_MODE = { on: '\x1b[?2004h', off: '\x1b[?2004l' } as const;

const PASTE_BEGIN = '\x1b[200~';
const PASTE_END = '\x1b[201~';
// biome-ignore lint/suspicious/noControlCharactersInRegex: keys are control characters.
const SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O.|[^[O])/s;
/** A sequence whose end is still to come. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same.
const BEGUN = /^\x1b(?:\[[0-?]*[ -/]*|O)?$/;
/** Text up to the next control character. A tab is text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same.
const TEXT = /^[^\x00-\x08\x0a-\x1f\x7f]+/;

/** What a key asks for. */
export type Wish = 'end' | 'interrupt' | 'suspend';

const CTRL_D = '\x04';
/** Ctrl-C, Ctrl-\, Ctrl-Z. */
const WISHES: ReadonlyMap<string, Wish> = new Map([
  ['\x03', 'interrupt'],
  ['\x1c', 'interrupt'],
  ['\x1a', 'suspend'],
]);
/** Ctrl-U, Ctrl-W, and the two that Backspace sends. */
const EDITS: ReadonlyMap<string, (text: string) => string> = new Map([
  ['\x15', () => ''],
  ['\x17', (text: string) => text.replace(/\S*\s*$/u, '')],
  ['\x7f', withoutLast],
  ['\b', withoutLast],
]);

/** An answer so far. */
export class Answer {
  readonly #ofLines: boolean;
  #text = '';
  #pending = '';
  #isPasting = false;
  /** Whether a paste was the last that came. */
  #endsInPaste = false;
  /** The line end that is Enter unless more follows. */
  #entered: string | undefined;

  /** Begins one. Enter ends it; with `ofLines` it is a line end, and Ctrl-D ends it. */
  constructor(ofLines: boolean) {
    this.#ofLines = ofLines;
  }

  /** What was typed. */
  get text(): string {
    // In the place of the paste's last line end came Enter.
    return this.#endsInPaste && this.#text.endsWith('\n') ? this.#text.slice(0, -1) : this.#text;
  }

  /** Takes what came from the terminal. Of what follows a wish, only what follows `suspend` is kept. */
  take(typed: string): Wish | undefined {
    // Where the paste never ends, the user must still get out.
    if (this.#isPasting && typed === '\x03') return 'interrupt';
    this.#pending += typed;
    while (this.#pending !== '') {
      if (this.#entered !== undefined) {
        this.#continueLine(this.#entered);
        continue;
      }
      const wish = this.#isPasting ? this.#takePaste() : this.#takeKey();
      if (wish === 'wait') return undefined;
      if (wish !== undefined) return wish;
    }
    if (this.#ofLines && this.#entered !== undefined) this.#continueLine(this.#entered);
    return undefined;
  }

  /** Hears that nothing has followed for a while. */
  quiet(): Wish | undefined {
    if (!this.#isPasting) this.#pending = '';
    return this.#entered === undefined ? undefined : 'end';
  }

  #takeKey(): Wish | 'wait' | undefined {
    if (BEGUN.test(this.#pending)) return 'wait';
    const sequence = SEQUENCE.exec(this.#pending)?.[0];
    if (sequence !== undefined) {
      this.#isPasting = sequence === PASTE_BEGIN;
      return this.#drop(sequence.length);
    }
    const typed = TEXT.exec(this.#pending)?.[0];
    if (typed !== undefined) {
      this.#change(this.#text + typed);
      return this.#drop(typed.length);
    }
    const sign = this.#pending.charAt(0);
    this.#drop(1);
    return this.#control(sign);
  }

  #control(sign: string): Wish | undefined {
    const edit = EDITS.get(sign);
    if (edit !== undefined) this.#change(edit(this.#text));
    else if (sign === '\r' || sign === '\n') this.#entered = sign;
    else if (sign === CTRL_D) return this.#text === '' && !this.#ofLines ? 'interrupt' : 'end';
    return WISHES.get(sign);
  }

  #takePaste(): 'wait' | undefined {
    const end = this.#pending.indexOf(PASTE_END);
    if (end < 0) return 'wait';
    this.#change(this.#text + this.#pending.slice(0, end).replaceAll(/\r\n?/g, '\n'));
    this.#isPasting = false;
    this.#endsInPaste = true;
    return this.#drop(end + PASTE_END.length);
  }

  #continueLine(sign: string): void {
    this.#entered = undefined;
    if (sign === '\r' && this.#pending.startsWith('\n')) this.#drop(1);
    this.#change(`${this.#text}\n`);
  }

  #change(text: string): void {
    this.#text = text;
    this.#endsInPaste = false;
  }

  #drop(length: number): undefined {
    this.#pending = this.#pending.slice(length);
  }
}

/** Without its last character as a person sees it. */
function withoutLast(text: string): string {
  const last = [...new Intl.Segmenter().segment(text)].at(-1);
  return text.slice(0, last?.index ?? 0);
}
