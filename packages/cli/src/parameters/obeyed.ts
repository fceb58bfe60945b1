/**
 * Names of variables that loaders, shells and runtimes obey. A store's String is not encrypted, and a value under such
 * a name can run code, so that `exec` and `export` take each from a store only where the user allows it by name.
 * @module
 */

import { EXIT } from '../command/exit-codes.ts';
import { CliError } from '../command/failure.ts';

/** A parameter's value as a program gets it. */
export interface Variable {
  /** The parameter's. */
  readonly name: string;
  readonly variable: string;
  readonly value: string;
}

interface Obeyed {
  /** Names; one that ends in `*` means all that begin so. */
  readonly names: readonly string[];
  /** What obeys them, and how. */
  readonly reason: string;
}

export const OBEYED: readonly Obeyed[] = [
  { names: ['LD_*', '_RLD*', 'DYLD_*'], reason: 'the loader takes code from them' },
  {
    names: ['GLIBC_TUNABLES', 'GCONV_PATH', 'LOCPATH', 'NLSPATH', 'PATH_LOCALE', 'MALLOC_*'],
    reason: 'the C library takes code, data or settings from them',
  },
  {
    names: ['HOSTALIASES', 'LOCALDOMAIN', 'RES_OPTIONS', 'RESOLV_HOST_CONF'],
    reason: 'the C library looks up hosts by them',
  },
  { names: ['PATH', 'PATHEXT', 'CDPATH', 'COMSPEC'], reason: 'programs and folders are looked for in them' },
  {
    names: ['HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'XDG_*', 'ZDOTDIR'],
    reason: 'programs take their settings, and code, from the folder that they name',
  },
  { names: ['TMPDIR', 'TMP', 'TEMP', 'TMPPREFIX'], reason: 'programs put files into the folder that they name' },
  {
    names: ['BASH_*', 'BASHOPTS', 'SHELLOPTS', 'ENV', 'IFS', 'FPATH', 'GLOBIGNORE', 'NULLCMD', 'READNULLCMD'],
    reason: 'shells run what they name, or read words otherwise',
  },
  { names: ['PS0', 'PS1', 'PS2', 'PS3', 'PS4', 'PROMPT_COMMAND'], reason: 'shells run commands in them' },
  {
    names: ['SHELL', 'EDITOR', 'VISUAL', 'PAGER', 'MANPAGER', 'BROWSER', 'LESSOPEN', 'LESSCLOSE', 'EXINIT', 'VIMINIT'],
    reason: 'programs run what they name',
  },
  { names: ['SSH_ASKPASS*', 'SUDO_ASKPASS', 'RSYNC_RSH', 'CVS_RSH'], reason: 'programs run what they name' },
  { names: ['TERMINFO*', 'TERMPATH', 'TERMCAP'], reason: 'terminals are described by the files that they name' },
  { names: ['GIT_*'], reason: 'git runs commands that they name' },
  {
    names: [
      ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_REPL_EXTERNAL_MODULE', 'NODE_COMPILE_CACHE', 'NODE_V8_COVERAGE'],
      ...['NODE_REDIRECT_WARNINGS', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_ICU_DATA'],
      ...['NPM_CONFIG_*', 'npm_config_*', 'ELECTRON_RUN_AS_NODE', 'BUN_OPTIONS', 'DENO_*'],
    ],
    reason: 'JavaScript runtimes take options or code from them',
  },
  {
    names: ['OPENSSL_CONF*', 'OPENSSL_ENGINES', 'OPENSSL_MODULES', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSLKEYLOGFILE'],
    reason: 'OpenSSL takes code or trust from them, or writes its keys there',
  },
  { names: ['PYTHON*'], reason: 'Python takes code and options from them' },
  { names: ['PERL*'], reason: 'Perl takes code and options from them' },
  { names: ['RUBYOPT', 'RUBYLIB', 'RUBYPATH', 'GEM_*', 'BUNDLE_*'], reason: 'Ruby takes code and options from them' },
  {
    names: ['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_*', 'IBM_JAVA_OPTIONS', 'CLASSPATH', 'MAVEN_*', 'GRADLE_OPTS'],
    reason: 'Java takes code and options from them',
  },
  { names: ['PHPRC', 'PHP_INI_SCAN_DIR'], reason: 'PHP takes settings, and code, from them' },
  { names: ['LUA_*'], reason: 'Lua takes code from them' },
  { names: ['R_PROFILE*', 'R_ENVIRON*', 'R_LIBS*', 'JULIA_*'], reason: 'R and Julia take code from them' },
  { names: ['ERL_*', 'ELIXIR_ERL_OPTIONS'], reason: 'Erlang takes options, and code, from them' },
  {
    names: ['DOTNET_*', 'COR_*', 'CORECLR_*', 'COMPLUS_*', 'PSMODULEPATH', 'PSModulePath'],
    reason: '.NET and PowerShell take code from them',
  },
  { names: ['GOFLAGS', 'GODEBUG', 'RUSTC*', 'CARGO_*', 'MAKEFLAGS'], reason: 'compilers take commands from them' },
  {
    names: ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'],
    reason: 'clients of AWS run the credential process that such a file names',
  },
  {
    names: ['GTK_MODULES', 'GTK_PATH', 'GIO_EXTRA_MODULES', 'GIO_MODULE_DIR', 'QT_PLUGIN_PATH'],
    reason: 'desktop libraries take code from them',
  },
  {
    names: [
      'SVN_SSH',
      'SVN_EDITOR',
      'HGRCPATH',
      'HGEDITOR',
      'HGMERGE',
      'SUDO_EDITOR',
      'SYSTEMD_EDITOR',
      'SYSTEMD_PAGER',
      'PSQLRC',
      'PSQL_*',
    ],
    reason: 'programs run what they name, or commands in the files that they name',
  },
  {
    names: ['TAR_OPTIONS', 'INPUTRC'],
    reason: 'programs take commands from them',
  },
  {
    names: ['TS_NODE_*', 'COREPACK_*', 'YARN_YARN_PATH', 'YARN_RC_FILENAME', 'YARN_PLUGINS'],
    reason: 'tools of JavaScript take code from them',
  },
  {
    names: [
      'PIP_*',
      'UV_INDEX',
      'UV_INDEX_URL',
      'UV_EXTRA_INDEX_URL',
      'UV_DEFAULT_INDEX',
      'UV_FIND_LINKS',
      'UV_CONFIG_FILE',
      'UV_PYTHON',
    ],
    reason: 'tools of Python take code from where they say',
  },
  {
    names: ['JAVA_HOME', 'JAVA_OPTS', 'CATALINA_OPTS', 'ANT_OPTS', 'SBT_OPTS', 'JRUBY_OPTS'],
    reason: 'scripts that start Java take options and programs from them',
  },
  {
    names: ['MAKEFILES', 'GNUMAKEFLAGS', 'CC', 'CXX', 'RUSTUP_*'],
    reason: 'tools that build run what they name',
  },
  {
    names: ['KUBECONFIG', 'DOCKER_CONFIG', 'CLOUDSDK_*', 'TF_CLI_*', 'ANSIBLE_*'],
    reason: 'tools of clouds run what their files and options name',
  },
  { names: ['SECURESTRING_*'], reason: 'this program takes its store and passphrase from them' },
];

/**
 * Refuses variables under such names.
 *
 * @param allowed names that the user allows.
 * @throws `CliError` that names each, with the reason, and how to allow it.
 */
export function refuseObeyed(variables: readonly Variable[], allowed: readonly string[] = []): void {
  const refused = variables.flatMap(({ name, variable }) => {
    const reason = allowed.includes(variable) ? undefined : reasonAgainst(variable);
    return reason === undefined ? [] : [{ variable, text: `${name} would set ${variable} (${reason}).` }];
  });
  if (refused.length === 0) return;
  const options = refused.map(({ variable }) => `--allow ${variable}`).join(' ');
  throw new CliError(
    EXIT.failed,
    `${refused.map(({ text }) => text).join(' ')} If the store may do that, give ${options}; else --prefix TEXT, or rename.`,
  );
}

/** Why a store should not set a variable; `undefined` where it may. */
export function reasonAgainst(variable: string): string | undefined {
  // Windows takes names in any case, and so does npm.
  const isInAnyCase = process.platform === 'win32' || /^npm_config_/i.test(variable);
  const name = isInAnyCase ? variable.toUpperCase() : variable;
  return WHOLE.get(name) ?? BEGINNINGS.find(([beginning]) => name.startsWith(beginning))?.[1];
}

/** Reasons by name, and by the beginning of names: a store may have thousands, each of which is looked up. */
const NAMED = OBEYED.flatMap(({ names, reason }) => names.map((name) => [name, reason] as const));
const WHOLE: ReadonlyMap<string, string> = new Map(NAMED);
const BEGINNINGS = NAMED.flatMap(([name, reason]) =>
  name.endsWith('*') ? [[name.slice(0, -1), reason] as const] : [],
);
