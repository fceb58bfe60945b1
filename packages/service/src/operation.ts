/**
 * One row an operation. Everything that a service knows about an operation, apart from its work, is in its row: the
 * check of a request, the wire form, the event and the dispatcher read it, and nothing below this module names an
 * operation.
 * @module
 */

import type { Member, Members } from './members.ts';

/** Names of the members of each type of a union. */
type NamesOf<Shape> = Shape extends object ? keyof Shape & string : never;
/** Whether every type of a union may leave a member out. */
type IsOptional<Shape, Name extends PropertyKey> = [
  Shape extends object ? (Record<never, never> extends Pick<Shape, Extract<Name, keyof Shape>> ? never : Shape) : never,
] extends [never]
  ? true
  : false;

/**
 * A member for each member of a request. A forgotten one does not compile, nor does one that must be there where the
 * request's type lets it be left out. The other way round the work judges what is missing.
 */
export type RequestMembers<Request> = {
  readonly [Name in NamesOf<Request>]: Member<IsOptional<Request, Name> extends true ? true : boolean>;
};

/** A member for each member of an answer. A forgotten one does not compile. Bytes and lists have none. */
export type AnswerMembers<Answer> = Answer extends readonly unknown[] | ArrayBufferView
  ? Readonly<Record<never, Member>>
  : { readonly [Name in NamesOf<Answer>]: Member };

/** An operation, as its table has it. The table adds the function that does it. */
export interface Operation<Request, Answer> {
  readonly request: RequestMembers<Request>;
  /** Members that AWS's request has and this service cannot honour: each refuses its request by name. */
  readonly refused?: Members;
  /** Judges what concerns several members together, before anything is read. */
  readonly judge?: (request: Request) => void;
  /** `{}` for an operation without an answer. */
  readonly answer: AnswerMembers<Answer>;
  /** Whether it changes nothing that is stored. */
  readonly readOnly: boolean;
  /** Members of the answer that AWS's event shows. Default none. */
  readonly shown?: readonly (NamesOf<Answer> & string)[];
  /** Whether AWS records no event of a call that found nothing of that name. Default false. */
  readonly quietMisses?: boolean;
  /** Whether AWS has no operation of this name, and so the wire has none. Default false. */
  readonly isOurs?: boolean;
}

/** Any row: for readers of a whole table. */
export interface AnyOperation extends Omit<Operation<unknown, unknown>, 'request' | 'answer' | 'shown' | 'judge'> {
  readonly request: Members;
  readonly answer: Members;
  readonly judge?: (request: never) => void;
  readonly shown?: readonly string[];
}

/** Builds AWS's name of an operation from ours: `getParameter` is `GetParameter`. */
export function awsName(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
