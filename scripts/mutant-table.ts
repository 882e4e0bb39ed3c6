/** The page with the mutants of every fixed kernel and what noticed them. */

import type { Fate } from './mutant-search.ts';
import { excuseFor, type Mutant } from './mutation.ts';

/** A mutant of a kernel, and what became of it. */
export interface Outcome {
	readonly mutant: Omit<Mutant, 'text'>;
	readonly fate: Fate;
}

/** Whether a mutant is alive and the model does not say why. */
export function isOpen(kernel: string, { mutant, fate }: Outcome): boolean {
	return isAlive(fate) && excuseFor(mutant, kernel) === '';
}

function isAlive({ end }: Fate): boolean {
	return end === 'survived' || end === 'unreached';
}

/** The section of one kernel (`scenario/kernel`) in Markdown. */
export function mutantSection(name: string, outcomes: readonly Outcome[]): string {
	const [, kernel = ''] = name.split('/');
	const real = outcomes.filter(({ fate }) => fate.end === 'killed' || isAlive(fate));
	const killed = real.filter(({ fate }) => fate.end === 'killed').length;
	const rows = real.map((outcome) => {
		const { mutant } = outcome;
		const cells = [
			`${mutant.file}:${mutant.line}`,
			mutant.function,
			mutant.kind,
			`\`${mutant.what}\``,
			verdict(kernel, outcome),
		];
		return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	});
	return [
		`## ${name}`,
		'',
		`${real.length} mutants, ${killed} noticed, ${real.length - killed} not.`,
		'',
		'| Place | Function | Mutant | Of | Noticed by |',
		'|---|---|---|---|---|',
		...rows,
		'',
	].join('\n');
}

function verdict(kernel: string, { mutant, fate }: Outcome): string {
	if (fate.end === 'killed') return fate.by;
	const excuse = excuseFor(mutant, kernel);
	if (excuse !== '') return `not needed: ${excuse}`;
	if (fate.end === 'unreached') return '**NO PROGRAM COMES HERE**';
	return fate.bounded ? '**SURVIVED** (bounded)' : '**SURVIVED**';
}

const heading = `# Mutants

Written by scripts/mutants.ts: what notices when one thing is taken away from a kernel that is right. *no lock*: a lock or read section with what ends it; *no call*: one of the two alone, a flush or a barrier; *never
true*, *always true*: the condition of an \`if\`; *operand gone*: one side of a \`&&\` or \`||\`; *unmarked*: a plain access in the place
of a marked one; *no grace period*: freed at once; *swapped*: two neighbours in the other order. Marks and orders of accesses that
race with nobody, in no program, even when they are all plain, are not in the table: whoever sees one is ordered after or before both. "Noticed by" is the detector, and
the program and options with which it fired. "Not needed" is what the model says at that line.
`;

/** The kernels that a page has sections of, as `scenario/kernel`. */
export function sectionNames(page: string): string[] {
	return [...sectionsOf(page).keys()];
}

function sectionsOf(page: string): Map<string, string> {
	const parts = page.split(/^(?=## )/m).slice(1);
	return new Map(parts.map((section) => [/^## (.*)$/m.exec(section)?.[1] ?? '', section.trimEnd()]));
}

/** The page with the sections of some kernels replaced or added, in the order of `order`; what is not in that is dropped. */
export function withSections(page: string, sections: ReadonlyMap<string, string>, order: readonly string[]): string {
	const old = sectionsOf(page);
	const kept = order.flatMap((name) => sections.get(name)?.trimEnd() ?? old.get(name) ?? []);
	return `${[heading.trimEnd(), ...kept].join('\n\n')}\n`;
}
