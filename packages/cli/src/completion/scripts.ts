/**
 * The scripts that complete. Commands and options they know themselves. For what a store has they ask the program, as
 * `securestring __complete KIND TYPED WORDS…`, whose answer is a word a line. It asks for no passphrase.
 * @module
 */

import type { NameKind, OptionWords, Words } from './words.ts';

/** A program's name, and the words that each place of its command line takes. */
export type Script = (name: string, words: readonly Words[]) => string;

export const SCRIPTS: Readonly<Record<'bash' | 'zsh' | 'fish', Script>> = { bash, zsh, fish };

function bash(name: string, words: readonly Words[]): string {
  return `# Completes ${name} in bash: eval "$(${name} completion bash)"
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' words='' word i n=0
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == -- ]]; then
      if ((i == COMP_CWORD - 1)); then COMPREPLY=($(compgen -c -- "$cur")); fi
      return
    fi
    case "$at|$word" in
${steps(words, (at) => `at=${quoted(at)}`)}
${skips(words, `i=$((i + 1)); if [[ \${COMP_WORDS[i]} == = ]]; then i=$((i + 1)); fi`)}
      *'|'[:=]) i=$((i + 1)) ;;
      *'|'-*) ;;
      *) n=$((n + 1)) ;;
    esac
  done
  [[ $prev == = ]] && prev=\${COMP_WORDS[COMP_CWORD-2]}
  case "$at|$prev" in
${choicesOfOptions(words, (choices) => `COMPREPLY=($(compgen -W ${quoted(choices.join(' '))} -- "$cur")); return`)}
${namedOptions(words, (kind) => `_${name}_ask ${kind}; return`)}
${freeValues(words)}
  esac
  if [[ $prev == : ]]; then n=$((n - 1)); fi
  if [[ $cur != -* ]]; then
    case "$at|$n" in
${namedArguments(words, (kind) => `_${name}_ask ${kind}; return`)}
    esac
  fi
  case "$at" in
${words.map((each) => `    ${quoted(each.at)}) words=${quoted(plainWords(each).join(' '))} ;;`).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${words.map((each) => `      ${quoted(each.at)}) words=${quoted(flags(each.options).join(' '))} ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_${name}_ask() {
  local typed=$cur cut='' word
  # A colon begins another word in bash, which then takes what is behind it alone.
  if [[ $prev == : ]]; then cut=\${COMP_WORDS[COMP_CWORD-2]}:; typed=$cut$cur; fi
  if [[ $cur == : ]]; then cut=$prev:; typed=$cut; fi
  while IFS= read -r word; do
    if [[ $word == "$typed"* ]]; then COMPREPLY+=("\${word#"$cut"}"); fi
  done < <(command ${name} __complete "$1" "$typed" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null </dev/null)
}
complete -o bashdefault -o default -F _${name} ${name}
`;
}

function zsh(name: string, words: readonly Words[]): string {
  return `#compdef ${name}
# Completes ${name} in zsh: eval "$(${name} completion zsh)"
_${name}() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at='' word
  local -i i n=0
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ $word == -- ]]; then
      if ((i == CURRENT - 1)); then _command_names -e; else _files; fi
      return
    fi
    case "$at|$word" in
${steps(words, (at) => `at=${quoted(at)}`)}
${skips(words, 'i+=1')}
      *'|'-*) ;;
      *) n+=1 ;;
    esac
  done
  case "$at|$prev" in
${choicesOfOptions(words, (choices) => `compadd -- ${choices.map(quoted).join(' ')}; return`)}
${namedOptions(words, (kind) => `_${name}_ask ${kind}; return`)}
${freeValues(words, '_files; return')}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${words.map((each) => `      ${quoted(each.at)}) offered=(${each.options.flatMap(described).join(' ')}) ;;`).join('\n')}
    esac
    _describe option offered
    return
  fi
  case "$at|$n" in
${namedArguments(words, (kind) => `_${name}_ask ${kind}; return`)}
  esac
  case "$at" in
${words
  .filter((each) => plainWords(each).length > 0)
  .map((each) => `    ${quoted(each.at)}) offered=(${describedWords(each).join(' ')}) ;;`)
  .join('\n')}
    *) _files; return ;;
  esac
  _describe command offered
}
_${name}_ask() {
  local -a found
  found=(\${(f)"$(command ${name} __complete "$1" "$cur" -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null </dev/null)"})
  if ((\${#found})); then compadd -- "\${found[@]}"; else _files; fi
}
if [[ \${funcstack[1]} == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function fish(name: string, words: readonly Words[]): string {
  return `# Completes ${name} in fish: ${name} completion fish | source
function __${name}_at
    set -l at ''
    set -l skip 0
    set -l n 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch "$at|$word"
${stepsOf(words)
  .map(([from, to]) => `            case ${quotedForFish(from)}\n                set at ${quotedForFish(to)}`)
  .join('\n')}
            case ${valueFlags(words).map(quotedForFish).join(' ')}
                set skip 1
            case '*|-*'
            case '*'
                set n (math $n + 1)
        end
    end
    test "$at" = "$argv[1]"; or return
    not set -q argv[2]; or test "$argv[2]" = "$n"; or begin; test "$argv[3]" = more; and test $n -ge $argv[2]; end
end
function __${name}_ask
    command -sq ${name}; or return
    command ${name} __complete $argv[1] (commandline -ct) -- (commandline -opc)[2..-1] 2>/dev/null </dev/null
end
complete -c ${name} -e
${words.flatMap((each) => fishLines(name, each)).join('\n')}
`;
}

function fishLines(name: string, { at, commands, options, choices, names }: Words): readonly string[] {
  const ask = (kind: NameKind) => `-f -a ${quotedForFish(`(__${name}_ask ${kind})`)}`;
  const here = `complete -c ${name} -n ${quotedForFish(`__${name}_at ${quotedForFish(at)}`)}`;
  return [
    ...commands.map(({ word, what }) => `${here} -f -a ${quotedForFish(word)} -d ${quotedForFish(what)}`),
    ...(choices.length > 0 ? [`${here} -f -a ${quotedForFish(choices.join(' '))}`] : []),
    ...names.map(({ position, variadic, kind }) => {
      const there = `__${name}_at ${quotedForFish(at)} ${position}${variadic ? ' more' : ''}`;
      return `complete -c ${name} -n ${quotedForFish(there)} ${ask(kind)}`;
    }),
    ...options.map(({ short, long, what, takesValue, choices: values, kind }) =>
      [
        here,
        ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
        ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
        ...(takesValue ? ['-r'] : []),
        ...(values.length > 0 ? [`-f -a ${quotedForFish(values.join(' '))}`] : []),
        ...(kind === undefined ? [] : [ask(kind)]),
        `-d ${quotedForFish(what)}`,
      ].join(' '),
    ),
  ];
}

/** Which word leads from which command to which. */
function stepsOf(words: readonly Words[]): readonly (readonly [from: string, to: string])[] {
  return words.flatMap(({ at, commands }) =>
    commands.map(({ word }) => [`${at}|${word}`, at === '' ? word : `${at} ${word}`] as const),
  );
}

function steps(words: readonly Words[], go: (at: string) => string): string {
  return stepsOf(words)
    .map(([from, to]) => `      ${quoted(from)}) ${go(to)} ;;`)
    .join('\n');
}

/** The word behind one of these is its value, and no command. */
function valueFlags(words: readonly Words[]): readonly string[] {
  return words.flatMap(({ at, options }) =>
    flags(options.filter(({ takesValue }) => takesValue)).map((flag) => `${at}|${flag}`),
  );
}

function skips(words: readonly Words[], skip: string): string {
  return `      ${valueFlags(words).map(quoted).join(' | ')}) ${skip} ;;`;
}

function choicesOfOptions(words: readonly Words[], offer: (choices: readonly string[]) => string): string {
  return words
    .flatMap(({ at, options }) =>
      options
        .filter(({ choices }) => choices.length > 0)
        .map((option) => {
          const patterns = flags([option]).map((flag) => quoted(`${at}|${flag}`));
          return `    ${patterns.join(' | ')}) ${offer(option.choices)} ;;`;
        }),
    )
    .join('\n');
}

function namedOptions(words: readonly Words[], ask: (kind: NameKind) => string): string {
  return words
    .flatMap(({ at, options }) =>
      options.flatMap((option) => {
        const patterns = flags([option]).map((flag) => quoted(`${at}|${flag}`));
        return option.kind === undefined ? [] : [`    ${patterns.join(' | ')}) ${ask(option.kind)} ;;`];
      }),
    )
    .join('\n');
}

function namedArguments(words: readonly Words[], ask: (kind: NameKind) => string): string {
  return words
    .flatMap(({ at, names }) =>
      names.map(({ position, variadic, kind }) => {
        const pattern = variadic ? `${quoted(`${at}|`)}*` : quoted(`${at}|${position}`);
        return `    ${pattern}) ${ask(kind)} ;;`;
      }),
    )
    .join('\n');
}

/** Where an option's value may be anything, files are offered. */
function freeValues(words: readonly Words[], offer: string = 'return'): string {
  return `    ${valueFlags(words).map(quoted).join(' | ')}) ${offer} ;;`;
}

function plainWords({ commands, choices }: Words): readonly string[] {
  return [...commands.map(({ word }) => word), ...choices];
}

function flags(options: readonly OptionWords[]): readonly string[] {
  return options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
}

function describedWords({ commands, choices }: Words): readonly string[] {
  return [...commands.map(({ word, what }) => quoted(`${word}:${what}`)), ...choices.map(quoted)];
}

function described(option: OptionWords): readonly string[] {
  return flags([option]).map((flag) => quoted(`${flag}:${option.what}`));
}

/** For bash and zsh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function quotedForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
