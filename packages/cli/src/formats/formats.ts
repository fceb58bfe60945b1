/**
 * The formats of `export` and `import`. A new one is a row here, and a file for its writer, its reader, or both.
 * @module
 */

import type { Format } from './format.ts';

/** The name that `--format` takes. */
export type FormatName =
  | 'docker'
  | 'dotenv'
  | 'github'
  | 'json'
  | 'kubernetes'
  | 'properties'
  | 'shell'
  | 'systemd'
  | 'tfvars'
  | 'yaml';

/** By the name that `--format` takes. */
export const FORMATS: Readonly<Record<FormatName, Format>> = {
  dotenv: {
    naming: 'variables',
    writer: async () => (await import('./dotenv.ts')).writeDotenv,
    reader: async () => (await import('./dotenv-reader.ts')).fromDotenv,
  },
  json: {
    naming: 'names',
    files: /\.json$/,
    writer: async () => (await import('./json.ts')).writeJson,
    reader: async () => (await import('./json.ts')).readJson,
  },
  yaml: {
    naming: 'names',
    files: /\.ya?ml$/,
    writer: async () => (await import('./yaml.ts')).writeYaml,
    reader: async () => (await import('./yaml-reader.ts')).readYaml,
  },
  properties: {
    naming: 'dotted',
    files: /\.properties$/,
    writer: async () => (await import('./properties.ts')).writeProperties,
    reader: async () => (await import('./properties.ts')).readProperties,
  },
  tfvars: {
    naming: 'identifiers',
    files: /\.tfvars$/,
    writer: async () => (await import('./tfvars.ts')).writeTfvars,
    reader: async () => (await import('./tfvars.ts')).readTfvars,
  },
  shell: { naming: 'variables', writer: async () => (await import('./shell.ts')).writeShell },
  docker: {
    naming: 'variables',
    writer: async () => (await import('./docker.ts')).writeDocker,
    reader: async () => (await import('./docker.ts')).readDocker,
  },
  systemd: { naming: 'variables', writer: async () => (await import('./systemd.ts')).writeSystemd },
  github: {
    naming: 'variables',
    writer: async () => (await import('./github.ts')).writeGithub,
    addedTo: 'GITHUB_ENV',
  },
  kubernetes: {
    naming: 'variables',
    writer: async () => (await import('./kubernetes.ts')).writeKubernetes,
    reader: async () => (await import('./yaml-reader.ts')).readKubernetes,
  },
};

/** The names of formats that have a writer, or a reader. */
export function formatsWith(half: 'reader' | 'writer'): readonly FormatName[] {
  return (Object.keys(FORMATS) as FormatName[]).filter((name) => FORMATS[name][half] !== undefined);
}

/** The format that a file's name says; dotenv if it says none. */
export function formatOfFile(file: string): FormatName {
  return formatsWith('reader').find((name) => FORMATS[name].files?.test(file) === true) ?? 'dotenv';
}
