/**
 * The writing of a log's file and of its digest: one write a line.
 * @module
 */

import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { syncFolderSync } from '@securestring/storage/paths';
import { chainLine, sha256 } from './chain.ts';
import { type DigestedFile, type DigestKey, encodeDigest } from './digest.ts';
import { AuditLogError } from './errors.ts';
import { failed } from './failure.ts';
import { digestPath, requireFile, rotatedPath } from './files.ts';
import type { AuditRecord } from './record.ts';
import type { LogState } from './state.ts';

/** What a writer works on and with. */
export interface WriterOptions {
  readonly path: string;
  readonly maxBytes: number;
  readonly key: DigestKey | undefined;
  readonly sync: boolean;
}

const { O_APPEND, O_CREAT, O_RDWR, O_EXCL, O_NONBLOCK } = constants;
/** Rights of the files: their owner's alone. */
const PRIVATE = 0o600;

/** A log that is open for writing. */
export class LogWriter {
  readonly #options: WriterOptions;
  readonly #state: LogState;
  #log: number;
  #digest: number | undefined;
  #isClosed = false;

  /** Opens the files, and takes out what follows the last whole line. */
  constructor(options: WriterOptions, state: LogState) {
    this.#options = options;
    this.#state = state;
    const { path, key } = options;
    this.#log = openSync(path, O_APPEND | O_CREAT | O_RDWR | (O_NONBLOCK ?? 0), PRIVATE);
    try {
      if (requireFile(fstatSync(this.#log), path).size > state.size) ftruncateSync(this.#log, state.size);
      if (key !== undefined) this.#digest = openSync(digestPath(path), O_CREAT | O_RDWR, PRIVATE);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Makes the first digest of a log. */
  begin(): void {
    this.#writeDigest();
  }

  /**
   * Appends a record.
   *
   * @throws `AuditLogError` (`AUDIT_LOG_FAILED`, `AUDIT_LOG_CLOSED`).
   */
  append(record: AuditRecord): void {
    const { path, maxBytes, sync } = this.#options;
    const state = this.#state;
    if (this.#isClosed) throw new AuditLogError('AUDIT_LOG_CLOSED', `The audit log ${path} was closed.`);
    try {
      const { bytes, hash } = chainLine(record, state.last);
      const line = Buffer.concat([bytes, LINE_END]);
      this.#requireUntouched();
      if (state.records > 0 && state.size + line.length > maxBytes) this.#rotate();
      this.#write(line);
      const time = typeof record['eventTime'] === 'string' ? record['eventTime'] : null;
      const account = record['recipientAccountId'];
      state.size += line.length;
      state.records += 1;
      state.hash.update(line);
      state.last = hash;
      state.newest = time;
      state.oldest ??= time;
      if (typeof account === 'string') state.accountId = account;
      if (sync) fsyncSync(this.#log);
      this.#writeDigest();
    } catch (error) {
      throw failed('written', path, error);
    }
  }

  /** Closes the files. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#log);
    if (this.#digest !== undefined) closeSync(this.#digest);
  }

  /** Refuses to go on in a file that another program has changed, moved or removed meanwhile. */
  #requireUntouched(): void {
    const { path } = this.#options;
    const [found, open] = [statSync(path, { throwIfNoEntry: false }), fstatSync(this.#log)];
    if (found?.ino === open.ino && found.dev === open.dev && found.size === this.#state.size) return;
    throw new AuditLogError(
      'AUDIT_LOG_FAILED',
      `Another program has changed, moved or removed the audit log ${path} while it is open.`,
    );
  }

  /** Writes a line whole, or takes back what was written of it. */
  #write(line: Buffer): void {
    let written = 0;
    try {
      while (written < line.length) written += writeSync(this.#log, line, written);
    } catch (error) {
      if (written > 0) ftruncateSync(this.#log, this.#state.size);
      throw error;
    }
  }

  #writeDigest(): void {
    const { key, sync } = this.#options;
    if (key === undefined || this.#digest === undefined) return;
    const bytes = this.#encode(key, false);
    writeSync(this.#digest, bytes, 0, bytes.length, 0);
    if (fstatSync(this.#digest).size > bytes.length) ftruncateSync(this.#digest, bytes.length);
    if (sync) fsyncSync(this.#digest);
  }

  #encode(key: DigestKey, isFull: boolean): Buffer {
    const { path } = this.#options;
    const { hash, last, previous, ...rest } = this.#state;
    const file: DigestedFile = { ...rest, isFull, hash: hash.copy().digest('hex'), lastRecordHash: last };
    const bytes = encodeDigest(file, path, previous, key);
    if (bytes === undefined) throw new AuditLogError('AUDIT_LOG_KEY', 'The keystore has no key for digests.');
    return bytes;
  }

  /** Ends the file and begins the next. Each step can be the last one: the next opening goes on from there. */
  #rotate(): void {
    const { path, key } = this.#options;
    const state = this.#state;
    const full = rotatedPath(path, state.number);
    let { previous } = state;
    if (key !== undefined) {
      const bytes = this.#encode(key, true);
      writeFileSync(digestPath(full), bytes, { mode: PRIVATE, flush: true });
      const { digestSignature } = JSON.parse(bytes.toString()) as { readonly digestSignature: string };
      previous = { number: state.number, ownHash: sha256(bytes), signature: digestSignature };
    }
    fsyncSync(this.#log);
    renameSync(path, full);
    const next = nextFile(path, full);
    closeSync(this.#log);
    this.#log = next;
    state.previous = previous;
    state.number += 1;
    state.size = 0;
    state.records = 0;
    state.hash = createHash('sha256');
    state.oldest = null;
    state.newest = null;
    this.#writeDigest();
    syncFolderSync(dirname(path));
  }
}

/** Makes the next file. If that fails, the full one gets its name back, so that the next record tries again. */
function nextFile(path: string, full: string): number {
  try {
    return openSync(path, O_APPEND | O_CREAT | O_EXCL | O_RDWR, PRIVATE);
  } catch (error) {
    renameSync(full, path);
    throw error;
  }
}

const LINE_END = Buffer.of(0x0a);
