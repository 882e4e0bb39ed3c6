/** The part of the completions that bash and zsh have in common, and both of them around it. */

import { type CompletionSource, type CompletionTable, wordLists } from './completed-words.ts';

function quoted(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One word for a source: `words:a b`, or its kind. */
function sourceText(source: CompletionSource): string {
	return source.kind === 'words' ? `words:${source.words.join(' ')}` : source.kind;
}

function cases(rows: readonly (readonly [string, string])[]): string {
	return rows.map(([pattern, text]) => `\t${pattern}) echo ${quoted(text)} ;;`).join('\n');
}

/** Tables as functions that print: what a flag takes, what follows a verb, its flags, the words of a scenario. */
function tables(table: CompletionTable): string {
	const { verbs, debuggerFlags, flags, scenarios } = table;
	const dashed = (names: readonly string[]): string => names.map((name) => `--${name}`).join(' ');
	return `_mmstep_value() { # FLAG: where its value comes from; nothing when it has none
	case "$1" in
${cases(flags.flatMap(({ name, value }) => (value === null ? [] : [[`--${name}`, sourceText(value)] as const])))}
	esac
}

_mmstep_operands() { # VERB
	case "$1" in
${cases(verbs.map(({ name, operands }) => [name, sourceText(operands)]))}
	*) echo scenarios ;;
	esac
}

_mmstep_flags() { # VERB
	case "$1" in
${cases(verbs.map((verb) => [verb.name, dashed(verb.flags)]))}
	*) echo ${quoted(dashed(debuggerFlags))} ;;
	esac
}

_mmstep_words() { # KIND/SCENARIO
	case "$1" in
${cases(wordLists(table).map(([name, words]) => [name, words.join(' ')]))}
	esac
}

_mmstep_verbs=${quoted(verbs.map(({ name }) => name).join(' '))}
_mmstep_ids=${quoted(scenarios.map(({ id }) => id).join(' '))}

_mmstep_kernels() { # SCENARIO: it with each of its kernels
	case "$1" in
${cases(scenarios.map(({ id, kernels }) => [id, [...kernels, 'all'].map((kernel) => `${id}/${kernel}`).join(' ')]))}
	esac
}

_mmstep_look() { # WORD: takes a word before the cursor in, for _mmstep_verb, _mmstep_flag and _mmstep_scenario
	local base="\${1%%/*}"
	if [ -n "$_mmstep_flag" ]; then
		_mmstep_flag=''
		return
	fi
	case "$1" in
	--*=*) return ;;
	-*)
		[ -n "$(_mmstep_value "$1")" ] && _mmstep_flag="$1"
		return
		;;
	esac
	if [ -z "$_mmstep_verb" ]; then
		case " $_mmstep_verbs " in
		*" $1 "*)
			_mmstep_verb="$1"
			return
			;;
		esac
		_mmstep_verb=-
	fi
	case " $_mmstep_ids " in
	*" $base "*) _mmstep_scenario="$base" ;;
	esac
}

_mmstep_candidates() { # SOURCE CURRENT: words that may stand there, all of them
	case "$1" in
	words:*) echo "\${1#words:}" ;;
	scenarios)
		echo "$_mmstep_ids"
		case "$2" in ?*) _mmstep_kernels "\${2%%/*}" ;; esac
		;;
	programs | options | schedules) _mmstep_words "$1/$_mmstep_scenario" ;;
	esac
}`;
}

/** A script for bash 3.2 and later. */
export function bashCompletion(table: CompletionTable): string {
	return `# bash completion of mmstep: eval "$(mmstep completion bash)", or put this into
# ~/.local/share/bash-completion/completions/mmstep

${tables(table)}

_mmstep() {
	local _mmstep_verb='' _mmstep_flag='' _mmstep_scenario=''
	local -a line=()
	local i word current last list
	COMPREPLY=()
	# bash breaks words at "=": they are put together again.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word="\${COMP_WORDS[i]}"
		if ((\${#line[@]} > 0)) && [[ $word == '=' || \${COMP_WORDS[i - 1]} == '=' ]]; then
			last=$((\${#line[@]} - 1))
			line[last]="\${line[last]}$word"
		else
			line[\${#line[@]}]="$word"
		fi
	done
	last=$((\${#line[@]} - 1))
	current="\${line[last]}"
	for ((i = 0; i < last; i++)); do _mmstep_look "\${line[i]}"; done
	if [[ -n $_mmstep_flag ]]; then
		list="$(_mmstep_candidates "$(_mmstep_value "$_mmstep_flag")" "$current")"
	elif [[ $current == --*=* ]]; then
		word="\${current%%=*}"
		current="\${current#*=}"
		list="$(_mmstep_candidates "$(_mmstep_value "$word")" "$current")"
	elif [[ $current == -* ]]; then
		list="$(_mmstep_flags "$_mmstep_verb")"
	else
		list="$(_mmstep_candidates "$(_mmstep_operands "$_mmstep_verb")" "$current")"
		[[ -z $_mmstep_verb ]] && list="$_mmstep_verbs $list"
	fi
	# Without a word of ours, -o default has bash complete the name of a file.
	while IFS= read -r word; do
		[[ -n $word ]] || continue
		# Only what comes after the "=" is replaced.
		[[ $current == *=* ]] && word="\${word#"\${current%"\${current##*=}"}"}"
		COMPREPLY[\${#COMPREPLY[@]}]="$word"
	done < <(compgen -W "$list" -- "$current")
}

complete -o bashdefault -o default -F _mmstep mmstep
`;
}

/** A script for zsh 5. */
export function zshCompletion(table: CompletionTable): string {
	const described = (rows: readonly (readonly [string, string])[]): string =>
		rows.map(([name, summary]) => quoted(`${name.replaceAll(':', '\\:')}:${summary}`)).join(' ');
	return `#compdef mmstep
# zsh completion of mmstep: put this into a file _mmstep in a folder of $fpath, or
# source <(mmstep completion zsh) after compinit

${tables(table)}

_mmstep_offer() { # SOURCE CURRENT
	case "$1" in
	files) _files ;;
	nothing | '') _message 'no completions' ;;
	*)
		compadd -- \${=$(_mmstep_candidates "$1" "$2")}
		[[ $1 == scenarios ]] && _files
		return 0
		;;
	esac
}

_mmstep() {
	local _mmstep_verb='' _mmstep_flag='' _mmstep_scenario='' current="\${words[CURRENT]}" i
	local -a verbs flags shown
	verbs=(${described(table.verbs.map(({ name, summary }) => [name, summary]))})
	flags=(${described(table.flags.map(({ name, summary }) => [`--${name}`, summary]))})
	for ((i = 2; i < CURRENT; i++)); do _mmstep_look "\${words[i]}"; done
	if [[ -n $_mmstep_flag ]]; then
		_mmstep_offer "$(_mmstep_value "$_mmstep_flag")" "$current"
	elif [[ $current == --*=* ]]; then
		compset -P '--*='
		_mmstep_offer "$(_mmstep_value "\${current%%=*}")" "\${current#*=}"
	elif [[ $current == -* ]]; then
		for i in \${=$(_mmstep_flags "$_mmstep_verb")}; do shown+=("\${(M)flags[@]:#$i:*}"); done
		_describe -o flag shown
	else
		[[ -z $_mmstep_verb ]] && _describe verb verbs
		_mmstep_offer "$(_mmstep_operands "$_mmstep_verb")" "$current"
	fi
}

if [[ "\${funcstack[1]}" == _mmstep ]]; then
	_mmstep "$@"
elif (( \${+functions[compdef]} )); then
	compdef _mmstep mmstep
fi
`;
}
