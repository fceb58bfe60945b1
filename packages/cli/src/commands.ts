/**
 * The commands, in the order of `--help`. Each is loaded when it is called: a run waits for no other's code.
 * @module
 */

import type { Register } from './command/command.ts';

/** By heading and name. */
export const COMMANDS: readonly (readonly [
  heading: string,
  commands: Readonly<Record<string, () => Promise<Register>>>,
])[] = [
  [
    'Store:',
    {
      init: async () => (await import('./store/init.ts')).registerInit,
      unlock: async () => (await import('./store/unlock-command.ts')).registerUnlock,
      agent: async () => (await import('./store/agent-command.ts')).registerAgent,
      lock: async () => (await import('./store/agent-command.ts')).registerLock,
      doctor: async () => (await import('./doctor/doctor.ts')).registerDoctor,
      backup: async () => (await import('./backup/backup.ts')).registerBackup,
      restore: async () => (await import('./backup/backup.ts')).registerRestore,
    },
  ],
  [
    'Parameters:',
    {
      put: async () => (await import('./parameters/put.ts')).registerPut,
      get: async () => (await import('./parameters/get.ts')).registerGet,
      list: async () => (await import('./parameters/list.ts')).registerList,
      describe: async () => (await import('./parameters/list.ts')).registerDescribe,
      history: async () => (await import('./parameters/list.ts')).registerHistory,
      label: async () => (await import('./parameters/change.ts')).registerLabel,
      delete: async () => (await import('./parameters/delete.ts')).registerDelete,
      convert: async () => (await import('./parameters/change.ts')).registerConvert,
      rotate: async () => (await import('./rotation/rotate.ts')).registerRotate,
      rotation: async () => (await import('./rotation/rotation.ts')).registerRotation,
    },
  ],
  [
    'Daily work on parameters:',
    {
      tree: async () => (await import('./daily/tree.ts')).registerTree,
      search: async () => (await import('./daily/search.ts')).registerSearch,
      generate: async () => (await import('./daily/generate.ts')).registerGenerate,
      edit: async () => (await import('./daily/edit.ts')).registerEdit,
      copy: async () => (await import('./daily/copy.ts')).registerCopy,
      move: async () => (await import('./daily/copy.ts')).registerMove,
      diff: async () => (await import('./daily/diff.ts')).registerDiff,
      rollback: async () => (await import('./daily/rollback.ts')).registerRollback,
      tag: async () => (await import('./daily/tag.ts')).registerTag,
    },
  ],
  [
    'Other programs:',
    {
      exec: async () => (await import('./exec/exec.ts')).registerExec,
      inject: async () => (await import('./exec/inject.ts')).registerInject,
      export: async () => (await import('./parameters/export.ts')).registerExport,
      import: async () => (await import('./parameters/import.ts')).registerImport,
    },
  ],
  [
    'Files:',
    {
      encrypt: async () => (await import('./messages/encrypt.ts')).registerEncrypt,
      decrypt: async () => (await import('./messages/decrypt.ts')).registerDecrypt,
      inspect: async () => (await import('./messages/inspect.ts')).registerInspect,
    },
  ],
  [
    'Keys:',
    {
      key: async () => (await import('./keys/key.ts')).registerKey,
      grant: async () => (await import('./grants/grant.ts')).registerGrant,
    },
  ],
  [
    'Permissions:',
    {
      iam: async () => (await import('./iam/iam.ts')).registerIam,
    },
  ],
  [
    "AWS's clients:",
    {
      aws: async () => (await import('./aws/aws.ts')).registerAws,
      serve: async () => (await import('./serve/serve.ts')).registerServe,
      fixtures: async () => (await import('./fixtures/fixtures.ts')).registerFixtures,
      'access-key': async () => (await import('./access-keys/access-key.ts')).registerAccessKey,
      audit: async () => (await import('./audit/audit.ts')).registerAudit,
      usage: async () => (await import('./audit/usage.ts')).registerUsage,
    },
  ],
  [
    'Shell:',
    {
      completion: async () => (await import('./completion/completion.ts')).registerCompletion,
    },
  ],
];
