import type { Command, Option } from 'commander';

/*
 * Scripts by which a shell completes the command line. They are made from the commands themselves and
 * hold all there is to complete, so that pressing Tab starts no program.
 */

/** A command with the words that lead to it, none for the program itself. */
interface Place {
  readonly words: readonly string[];
  readonly command: Command;
}

function placesBelow(command: Command, words: readonly string[] = []): Place[] {
  const below = command.commands.flatMap((each) => placesBelow(each, [...words, each.name()]));
  return [{ words, command }, ...below];
}

function pathOf({ words }: Place): string {
  return words.join('/');
}

function optionsOf({ command }: Place): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function namesOf({ long, short }: Option): string[] {
  return [short, long].filter((name) => name !== undefined);
}

/**
 * For bash: a word is a command where the words before it lead to one that has it, and it is no option's value. To bash
 * the `=` of `--name=value` is a word of its own.
 */
export function bashScript(program: Command): string {
  const name = program.name();
  const places = placesBelow(program);
  const paths = places.slice(1).map((place) => `"${pathOf(place)}"`);
  const candidates = places.map((place) => {
    const words = [
      ...place.command.commands.map((each) => each.name()),
      ...optionsOf(place).flatMap(namesOf),
    ];
    return `    "${pathOf(place)}") candidates="${words.join(' ')}" ;;`;
  });
  return `_${name}() {
  local place="" word before="" candidates="" last="" typed="\${COMP_WORDS[COMP_CWORD]#=}"
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    [[ "$word" == "=" ]] && continue
    last="$word"
    case "$before" in
      ${valuedNames(places).join(' | ')}) before=""; continue ;;
    esac
    before="$word"
    case "\${place:+$place/}$word" in
      ${paths.join(' | ')}) place="\${place:+$place/}$word" ;;
    esac
  done
  case "$place" in
${candidates.join('\n')}
  esac
  case "$place $last" in
${valueCases(places).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$typed"))
}
complete -o default -F _${name} ${name}`;
}

/**
 * What follows a word at a place: a choice of its option or its argument. Behind any other option with a value
 * it is whatever the shell completes by itself, also where only the default command of the place has it.
 */
function valueCases(places: readonly Place[]): string[] {
  return [
    ...places.flatMap(choiceCases),
    `    ${valuedNames(places)
      .map((name) => `*" ${name}"`)
      .join(' | ')}) candidates="" ;;`,
  ];
}

/** The options behind which a value stands, wherever they belong. */
function valuedNames(places: readonly Place[]): string[] {
  const valued = places.flatMap(optionsOf).filter(({ required }) => required);
  return [...new Set(valued.flatMap(namesOf))];
}

function choiceCases(place: Place): string[] {
  const path = pathOf(place);
  const ofOptions = optionsOf(place).flatMap((option) =>
    namesOf(option).map((name) => ({ name, choices: option.argChoices ?? [], others: '' })),
  );
  // An argument comes right behind the command, where options may stand as well.
  const ofArgument = { name: place.words.at(-1), choices: argumentChoices(place), others: ' $candidates' };
  return [...ofOptions, ofArgument]
    .filter(({ choices }) => choices.length > 0)
    .map(
      ({ name, choices, others }) => `    "${path} ${name}") candidates="${choices.join(' ')}${others}" ;;`,
    );
}

function argumentChoices({ command }: Place): readonly string[] {
  return command.registeredArguments[0]?.argChoices ?? [];
}

/** For zsh, which can read what is written for bash. */
export function zshScript(program: Command): string {
  return `#compdef ${program.name()}\nautoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(program)}`;
}

/** For fish, with descriptions. Which place the words before the cursor lead to is found as in bash. */
export function fishScript(program: Command): string {
  const name = program.name();
  const places = placesBelow(program);
  return `function __${name}_at
  set -l place ''
  set -l before ''
  set -l words (commandline -opc)
  set -e words[1]
  for word in $words
    if contains -- "$before" ${valuedNames(places).join(' ')}
      set before ''
      continue
    end
    set before $word
    set -l below (string join -n / "$place" $word)
    contains -- "$below" ${places.slice(1).map(pathOf).join(' ')}; and set place $below
  end
  test "$place" = "$argv[1]"
end
${places.flatMap((place) => fishLines(place, name)).join('\n')}`;
}

function fishLines(place: Place, name: string): string[] {
  const condition = `__${name}_at "${pathOf(place)}"`;
  const start = `complete -c ${name} -n '${condition}'`;
  const choices = argumentChoices(place).join(' ');
  const unchosen = `complete -c ${name} -n '${condition}; and not __fish_seen_subcommand_from ${choices}'`;
  return [
    ...place.command.commands.map((each) => `${start} -f -a ${each.name()} -d ${quoted(each.description())}`),
    ...(choices === '' ? [] : [`${unchosen} -f -a ${quoted(choices)}`]),
    ...optionsOf(place).map((option) => `${start} ${fishOption(option)} -d ${quoted(option.description)}`),
  ];
}

function fishOption({ long, short, required, argChoices }: Option): string {
  const names = [long ? `-l ${long.slice(2)}` : '', short ? `-s ${short.slice(1)}` : ''].filter(Boolean);
  const values = argChoices === undefined ? [] : [`-f -a ${quoted(argChoices.join(' '))}`];
  return [...names, ...(required ? ['-r'] : []), ...values].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
