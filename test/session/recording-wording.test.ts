/** What a recording's fingerprints do not stand on: the words of reports, and what things are called. */

import { expect, it } from 'vitest';
import { fingerprint } from '../../source/machine/identity.ts';
import { sessionAfter, targetOf } from '../report/model.ts';

function model(title: string, comment: string, name: string): string {
	return `
int ${name};

/* ${comment} */
__invariant bool nobody_counts(void)
{
	if (${name} > 1)
		violation("assertion", "${title}");
	return ${name} == 0;
}

void cpu0(void)
{
	${name} = 1;
	${name} = 2;
	${name} = 3;
}
`;
}

function fingerprints(text: string): { readonly fingerprints: string[]; readonly titles: string[] } {
	const { target, timeline } = sessionAfter(targetOf(text), '0 0');
	const nodes = [timeline.cursor, timeline.cursor.parent ?? timeline.cursor];
	return {
		fingerprints: nodes.map(({ state }) => fingerprint(target.machine, state)),
		titles: nodes.flatMap(({ violations }) => violations.map(({ title }) => title)),
	};
}

it('gives a state in which a condition is broken the same fingerprint whatever the report says', () => {
	const one = fingerprints(model('there are two', 'Counted.', 'total'));
	const other = fingerprints(model('more than one is there', 'Nobody has counted.', 'sum'));
	expect(one.titles).toHaveLength(2);
	expect(other.titles).not.toEqual(one.titles);
	expect(other.fingerprints).toEqual(one.fingerprints);
});
