import { AuditError, audienceOf, publish, publishMade, type Subscriber } from '@securestring/service';
import { describe, expect, it } from 'vitest';

const failing = (): never => {
  throw new Error('no room');
};

function audience(onEvent?: (event: string) => unknown, onAudit?: (event: string) => void): Subscriber<string> {
  const made = audienceOf<string>(onEvent, onAudit);
  if (made === undefined) throw new Error('There is no subscriber.');
  return made;
}

describe('an auditor', () => {
  it('costs nothing where it is absent: the subscriber stays the same function', () => {
    const onEvent = () => undefined;
    expect(audienceOf(onEvent, undefined)).toBe(onEvent);
    expect(audienceOf(undefined, undefined)).toBeUndefined();
  });

  it('gets each event before the subscriber does', () => {
    const heard: string[] = [];
    publish(
      audience(
        (event) => heard.push(`event ${event}`),
        (event) => void heard.push(`audit ${event}`),
      ),
      'a',
    );
    expect(heard).toEqual(['audit a', 'event a']);
  });

  it('fails the call if it throws, and the subscriber hears of the event nevertheless', () => {
    const heard: string[] = [];
    const subscriber = audience((event) => heard.push(event), failing);
    expect(() => publish(subscriber, 'a')).toThrow(AuditError);
    expect(() => publish(subscriber, 'a')).toThrow(/may have taken effect\. no room/);
    expect(heard).toEqual(['a', 'a']);
  });

  it('fails the call if the event cannot be made', () => {
    expect(() =>
      publishMade(
        audience(undefined, () => undefined),
        failing,
      ),
    ).toThrow(AuditError);
    expect(() => publishMade(() => undefined, failing)).not.toThrow();
  });

  it('must keep the record when it returns: a promise fails the call', async () => {
    const later = audience(undefined, (async () => Promise.reject(new Error('later'))) as () => void);
    expect(() => publish(later, 'a')).toThrow(/onAudit returned a promise/);
    // An unhandled rejection would have ended the process by now.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('is not affected by a subscriber that throws', () => {
    const kept: string[] = [];
    publish(
      audience(failing, (event) => void kept.push(event)),
      'a',
    );
    expect(kept).toEqual(['a']);
  });
});
