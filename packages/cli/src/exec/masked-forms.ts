/**
 * The forms in which a value may be printed.
 * @module
 */

/** Letters of the shortest part of a value that is a form of its own: a line of it, or base64 within a longer text. */
const SHORTEST_PART = 8;
/** Letters of a line of base64, as MIME and PEM have them. */
const LINES = [76, 64] as const;

/** The value and its longer lines, as they are, in JSON, in URLs, and in base64 of any text around them. */
export function maskedForms(value: string): ReadonlySet<string> {
  const text = value.toWellFormed();
  const lines = text.split(/\r?\n/).filter((line) => line.length >= SHORTEST_PART);
  return new Set([text, ...lines].flatMap((each) => [each, inJson(each), ...inUrls(each), ...inBase64(each)]));
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function inUrls(text: string): readonly string[] {
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [component, strict, strict.replaceAll('%20', '+'), encodeURI(text)];
  return forms.flatMap((form) => [form, form.replaceAll(/%[\dA-F]{2}/g, (sign) => sign.toLowerCase())]);
}

function inBase64(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  const whole = [bytes, Buffer.concat([bytes, Buffer.from('\n')])].map((each) => each.toString('base64'));
  const wrapped = LINES.flatMap((length) => whole.flatMap((form) => linesOf(form, length)));
  const forms = [...whole, ...whole.map((form) => form.replace(/=+$/, '')), ...wrapped, ...withinBase64(bytes)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function linesOf(form: string, length: number): readonly string[] {
  if (form.length <= length) return [];
  const lines = form.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
  return lines.filter((line) => line.length >= SHORTEST_PART);
}

/** The letters that are the same whatever is encoded before and behind, for each place within three bytes. */
function withinBase64(bytes: Buffer): readonly string[] {
  const forms = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const begin = Math.ceil((before * 8) / 6);
    return encoded.slice(begin, Math.floor(((before + bytes.length) * 8) / 6));
  });
  return forms.filter((form) => form.length >= SHORTEST_PART);
}
