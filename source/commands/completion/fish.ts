/** The completions for fish, which asks for each flag and operand when it may stand. */

import { type CompletionSource, type CompletionTable, wordLists } from './completed-words.ts';

function quoted(text: string): string {
	return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** What follows `complete` for a value or operand from a source. */
function sourceText(source: CompletionSource): string {
	switch (source.kind) {
		case 'words':
			return `-a ${quoted(source.words.join(' '))}`;
		case 'programs':
		case 'options':
		case 'schedules':
			return `-a ${quoted(`(__mmstep_words ${source.kind})`)}`;
		case 'scenarios':
			return `-a ${quoted('(__mmstep_scenarios)')}`;
		case 'files':
		case 'nothing':
			return '';
		default:
			return source satisfies never;
	}
}

/** A script for fish 3. */
export function fishCompletion(table: CompletionTable): string {
	const { verbs, debuggerFlags, flags, scenarios } = table;
	const valued = flags.filter(({ value }) => value !== null).map(({ name }) => `--${name}`);
	const isFiles = ({ kind }: CompletionSource): boolean => kind === 'files' || kind === 'scenarios';
	const flagLines = flags.map(({ name, summary, value }) => {
		const users = verbs.filter((verb) => verb.flags.some((flag) => flag === name)).map((verb) => verb.name);
		const own = debuggerFlags.some((flag) => flag === name) ? ["''", '-'] : [];
		const rest = value === null ? '' : ` ${value.kind === 'files' ? '-r -F' : '-x'} ${sourceText(value)}`;
		return `complete -c mmstep -n "__mmstep_verb_in ${[...own, ...users].join(' ')}" -l ${name} -d ${quoted(summary)}${rest}`;
	});
	const operandLines = verbs.map(
		({ name, operands }) =>
			`complete -c mmstep -n '__mmstep_verb_in ${name}'${isFiles(operands) ? ' -F' : ''} ${sourceText(operands)}`,
	);
	return `# fish completion of mmstep: mmstep completion fish > ~/.config/fish/completions/mmstep.fish

function __mmstep_line -d 'the verb before the cursor (- for none of them), then the scenario'
	set -l verb ''
	set -l scenario ''
	set -l skip 0
	for word in (commandline -opc)[2..-1]
		if test $skip = 1
			set skip 0
			continue
		end
		switch $word
			case '--*=*'
				continue
			case ${valued.map(quoted).join(' ')}
				set skip 1
				continue
			case '-*'
				continue
		end
		if test -z "$verb"
			if contains -- $word ${verbs.map(({ name }) => name).join(' ')}
				set verb $word
				continue
			end
			set verb -
		end
		set -l base (string split -m 1 / -- $word)[1]
		contains -- $base ${scenarios.map(({ id }) => id).join(' ')}; and set scenario $base
	end
	echo "$verb"
	echo "$scenario"
end

function __mmstep_verb_in
	set -l line (__mmstep_line)
	contains -- "$line[1]" $argv
end

function __mmstep_words
	set -l line (__mmstep_line)
	switch "$argv[1]/$line[2]"
${wordLists(table)
	.map(([name, words]) => `		case ${quoted(name)}\n			string split ' ' -- ${quoted(words.join(' '))}`)
	.join('\n')}
	end
end

function __mmstep_scenarios
	set -l current (commandline -ct)
	string split ' ' -- ${quoted(scenarios.map(({ id }) => id).join(' '))}
	switch (string split -m 1 / -- "$current")[1]
${scenarios
	.map(
		({ id, kernels }) =>
			`		case ${quoted(id)}\n			string split ' ' -- ${quoted([...kernels, 'all'].map((kernel) => `${id}/${kernel}`).join(' '))}`,
	)
	.join('\n')}
	end
end

complete -c mmstep -f
${verbs.map(({ name, summary }) => `complete -c mmstep -n "__mmstep_verb_in ''" -a ${name} -d ${quoted(summary)}`).join('\n')}
complete -c mmstep -n "__mmstep_verb_in '' -" -F -a '(__mmstep_scenarios)'
${operandLines.join('\n')}
${flagLines.join('\n')}
`;
}
