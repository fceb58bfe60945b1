/**
 * One row an operation. Everything that a service knows about an operation, apart from its work, is in its row: the
 * check of a request, the wire form, the event and the dispatcher read it, and nothing below this module names an
 * operation.
 * @module
 */

import type { Member } from './members.ts';

/** Names of the members of each type of a union. */
type NamesOf<Shape> = Shape extends object ? keyof Shape & string : never;
/** Whether every type of a union may leave a member out. */
type IsOptional<Shape, Name extends PropertyKey> = [
  Shape extends object ? (Record<never, never> extends Pick<Shape, Extract<Name, keyof Shape>> ? never : Shape) : never,
] extends [never]
  ? true
  : false;

/** A member for each member of a request. A forgotten one does not compile, nor does one that is optional in one place. */
export type RequestMembers<Request> = {
  readonly [Name in NamesOf<Request>]: Member<IsOptional<Request, Name>>;
};

/** A member for each member of an answer. A forgotten one does not compile. */
export type AnswerMembers<Answer> = { readonly [Name in NamesOf<Answer>]: Member };

/** An operation, as its table has it. `Work` is the function that does it. */
export interface Operation<Request, Answer, Work> {
  readonly request: RequestMembers<Request>;
  /** `{}` for an operation without an answer. */
  readonly answer: AnswerMembers<Answer>;
  /** Whether it changes nothing that is stored. */
  readonly readOnly: boolean;
  /** Members of the answer that AWS's event shows. Default none. */
  readonly shown?: readonly NamesOf<Answer>[];
  /** Whether AWS records no event of a call that found nothing of that name. Default false. */
  readonly quietMisses?: boolean;
  /** Whether AWS has no operation of this name, and so the wire has none. Default false. */
  readonly isOurs?: boolean;
  readonly work: Work;
}

/** Any row: for readers of a whole table. */
export type AnyOperation = Operation<never, never, unknown> & {
  readonly request: Readonly<Record<string, Member>>;
  readonly answer: Readonly<Record<string, Member>>;
  readonly shown?: readonly string[];
};

/** Builds AWS's name of an operation from ours: `getParameter` is `GetParameter`. */
export function awsName(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
