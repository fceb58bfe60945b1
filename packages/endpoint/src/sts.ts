/**
 * Security Token Service, of which `GetCallerIdentity` is here: the Query protocol, a form in and XML out.
 * @module
 */

import { decodeUtf8, encodeUtf8 } from '@securestring/core/utf8';
import type { Place } from '@securestring/service';
import { EndpointError } from './fault.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';

/** The name in a credential's scope. */
export const STS = 'sts';
const VERSION = '2011-06-15';
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`;

/** The caller, as AWS names it. */
export interface Caller {
  readonly arn: string;
  readonly userId: string;
}

/**
 * Answers a request of STS.
 *
 * @throws `EndpointError` (`InvalidAction`) for every action but `GetCallerIdentity`.
 */
export function answerSts({ body }: HttpRequest, { accountId }: Place, caller: Caller, requestId: string): HttpAnswer {
  const form = new URLSearchParams(decodeUtf8(body) ?? '');
  const action = form.get('Action') ?? '';
  if (action !== 'GetCallerIdentity') {
    throw new EndpointError(
      'InvalidAction',
      `Could not find operation ${action.slice(0, 128)} for version ${form.get('Version')?.slice(0, 32) ?? VERSION}`,
    );
  }
  const result = element('Arn', caller.arn) + element('UserId', caller.userId) + element('Account', accountId);
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return xmlAnswer(
    200,
    `<GetCallerIdentityResponse xmlns="${NAMESPACE}"><GetCallerIdentityResult>${result}</GetCallerIdentityResult>${metadata}</GetCallerIdentityResponse>`,
    requestId,
  );
}

/** Builds an error's answer in the Query protocol. */
export function stsError(status: number, name: string, message: string, requestId: string): HttpAnswer {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const error = element('Type', type) + element('Code', name) + element('Message', message);
  return xmlAnswer(
    status,
    `<ErrorResponse xmlns="${NAMESPACE}"><Error>${error}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
    requestId,
  );
}

function xmlAnswer(status: number, text: string, requestId: string): HttpAnswer {
  const body = encodeUtf8(text);
  return {
    status,
    headers: { 'x-amzn-requestid': requestId, 'content-type': 'text/xml', 'content-length': String(body.length) },
    body,
  };
}

function element(name: string, text: string): string {
  return `<${name}>${text.replaceAll(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]|[&<>"']/g, escaped)}</${name}>`;
}

/** A character that XML gives a meaning, or does not have. */
function escaped(character: string): string {
  return '&<>"\''.includes(character) ? `&#${character.charCodeAt(0)};` : '\ufffd';
}
