import { describe, expect, it } from 'vitest';
import { mutantsOf } from '../../scripts/mutation.ts';

const model = `static DEFINE_SPINLOCK(lock);

static void count(struct block *b)
{
	int n;

	spin_lock(&b->lock);
	if (b->free < 1)
		goto unlock;
	b->free -= 1;
	ghost { taken(b); }
	/* not needed here: nobody else has seen
	 * the list yet */
	list_del(&b->list);
	spin_unlock(&b->lock);
unlock:
	unblock(b);
}
`;

/** What is left of the body, without the lines that did not change. */
function changesOf(kind: string): string[][] {
	return mutantsOf('a.c', model)
		.filter((mutant) => mutant.kind === kind)
		.map(({ text }) => text.split('\n').filter((line, at) => line !== model.split('\n')[at]));
}

describe('mutants of a model', () => {
	it('lose a lock with its unlocks, and each alone', () => {
		expect(changesOf('no lock')).toEqual([['\t;', '\t;']]);
		expect(changesOf('no call')).toEqual([['\t;'], ['\t;']]);
	});

	it('pass over a check that leaves early', () => {
		expect(changesOf('no check')).toEqual([['\tif (0 && (b->free < 1))']]);
	});

	it('have two neighbours in the other order, each with what is claimed about it', () => {
		const swapped = mutantsOf('a.c', model).filter(({ kind }) => kind === 'swapped');
		expect(swapped.map(({ what }) => what)).toEqual(['list_del(&b->list); <-> spin_unlock(&b->lock);']);
		expect(swapped[0]?.text).toContain('spin_unlock(&b->lock);\n\tlist_del(&b->list);\nunlock:');
		const locked = mutantsOf('a.c', model.replace(/\tif [^;]*;\n/, '')).filter(({ kind }) => kind === 'swapped');
		expect(locked[0]?.text).toContain('{\n\tint n;\n\n\tb->free -= 1;\n\tghost { taken(b); }\n\tspin_lock(&b->lock);');
	});

	it('keep the number of lines, so that places stay what they are', () => {
		for (const { text } of mutantsOf('a.c', model)) {
			expect(text.split('\n')).toHaveLength(model.split('\n').length);
		}
	});

	it('quote the reason that the model gives for doing without', () => {
		const reasons = mutantsOf('a.c', model).map(({ line, excuse }) => [line, excuse]);
		expect(reasons.filter(([, excuse]) => excuse !== '')).toEqual([[14, 'nobody else has seen the list yet']]);
	});
});
