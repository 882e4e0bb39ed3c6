import { describe, expect, it } from 'vitest';
import { excuseFor, type MutantKind, markedMacros, mutantsOf } from '../../scripts/mutation.ts';

const model = `static DEFINE_SPINLOCK(lock);

static void count(struct block *b)
{
	int n;

	spin_lock(&b->lock);
	if (b->free < 1 &&
	    !b->dying)
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

const marked = markedMacros([
	'#define set_pte_at(mm, addr, ptep, pte)\tset_pte(ptep, pte)\n#define set_pte(ptep, pte)\tWRITE_ONCE(*(ptep), pte)',
]);

function ofKind(text: string, kind: MutantKind) {
	return mutantsOf('a.c', text, marked).filter((mutant) => mutant.kind === kind);
}

/** What a kind of mutant has in the place of the lines that it changes. */
function changes(text: string, kind: MutantKind): string[][] {
	return ofKind(text, kind).map(({ text: changed }) =>
		changed.split('\n').filter((line, at) => line !== text.split('\n')[at]),
	);
}

/** A function with some statements. */
function fn(...body: string[]): string {
	return `void f(struct s *s)\n{\n${body.map((line) => `\t${line}\n`).join('')}}\n`;
}

describe('mutants of a model', () => {
	it('lose a lock with its unlocks, and each alone', () => {
		expect(changes(model, 'no lock')).toEqual([['\t;', '\t;']]);
		expect(changes(model, 'no call')).toEqual([['\t;'], ['\t;']]);
	});

	it('find the unlock that another function does', () => {
		const text = `${fn('spin_lock(&s->l);').replace('f(', 'enter(')}${fn('spin_unlock(&s->l);').replace('f(', 'leave(')}${fn('enter(s);', 's->n = 1;', 'leave(s);')}`;
		const removed = ofKind(text, 'no lock').map(({ lines }) => lines);
		// The lock itself with its unlock; the call of the one with the call of the other.
		expect(removed).toEqual([
			[3, 7],
			[11, 13],
		]);
	});

	it('go on as if a lock that is tried had been taken', () => {
		const text = fn('if (!trylock_page(s->page))', '\treturn;', 's->n = 1;', 'unlock_page(s->page);');
		expect(changes(text, 'no lock')).toEqual([['\tif (!true)', '\t;']]);
	});

	it('ask a condition, and go on as if it never or always held', () => {
		expect(changes(model, 'never true')).toEqual([['\tif ((b->free < 1 && !b->dying) && 0)', '']]);
		expect(changes(model, 'always true')).toEqual([['\tif ((b->free < 1 && !b->dying) || 1)', '']]);
		expect(changes(fn('} else if (s->n) {'), 'never true')).toEqual([['\t} else if ((s->n) && 0) {']]);
	});

	it('leave one operand out', () => {
		expect(changes(model, 'operand gone')).toEqual([
			['\tif (!b->dying)', ''],
			['\tif (b->free < 1)', ''],
		]);
		expect(changes(fn('return s->a == 1 && (s->b || s->c);'), 'operand gone')).toEqual([
			['\treturn (s->b || s->c);'],
			['\treturn s->a == 1;'],
		]);
	});

	it('leave alone what only the configuration decides, and what only watches', () => {
		expect(mutantsOf('a.c', fn('if (USE_SPLIT_LOCKS && IS_ENABLED(CONFIG_X))', '\ts->n = 1;'), marked)).toEqual([]);
		expect(mutantsOf('a.c', fn('ghost {', '\tlock_it(s);', '}', 'lockdep_assert_held(&s->lock);'), marked)).toEqual([]);
	});

	it('have plain accesses in the place of marked ones, also behind a macro', () => {
		expect(changes(fn('s->n = READ_ONCE(s->a[1]);'), 'unmarked')).toEqual([['\ts->n = (s->a[1]);']]);
		expect(changes(fn('smp_store_release(&s->n, g(1, 2));'), 'unmarked')).toEqual([['\t((*(&s->n)) = (g(1, 2)));']]);
		expect(changes(fn('set_pte_at(mm, a, &s->e[0], v);'), 'unmarked')).toEqual([['\t((*(&s->e[0])) = (v));']]);
	});

	it('free without a grace period', () => {
		expect(changes(fn('kfree_rcu(s, head);', 'call_rcu(&s->head, done);'), 'no grace period')).toEqual([
			['\tkfree(s);'],
			['\tdone(&s->head);'],
		]);
	});

	it('have two neighbours in the other order, each with what is claimed about it', () => {
		const swapped = ofKind(model, 'swapped');
		expect(swapped.map(({ what }) => what)).toEqual([
			'b->free -= 1; <-> list_del(&b->list);',
			'list_del(&b->list); <-> spin_unlock(&b->lock);',
		]);
		expect(swapped[1]?.text).toContain('spin_unlock(&b->lock);\n\tlist_del(&b->list);\nunlock:');
		expect(swapped[0]?.text).toContain('list_del(&b->list);\n\t/* not needed here');
		expect(swapped[0]?.text).toContain('b->free -= 1;\n\tghost { taken(b); }\n\tspin_unlock');
	});

	it('do not swap what the preprocessor has something between', () => {
		expect(changes(fn('s->a = 1;', 'publish(s);'), 'swapped')).toHaveLength(1);
		expect(changes(fn('s->a = 1;').replace('= 1;\n', '= 1;\n#else\n\tpublish(s);\n'), 'swapped')).toEqual([]);
	});

	it('leave alone what nobody sees half done', () => {
		expect(mutantsOf('a.c', fn('atomic {', '\ts->n = READ_ONCE(s->m);', '\tpublish(s);', '}'), marked)).toEqual([]);
	});

	it('keep the number of lines, so that places stay what they are', () => {
		for (const { text } of mutantsOf('a.c', model, marked)) {
			expect(text.split('\n')).toHaveLength(model.split('\n').length);
		}
	});
});

describe('the reason that the model gives for doing without', () => {
	it('is in a comment at the line, or right above', () => {
		const reasons = mutantsOf('a.c', model, marked).map((mutant) => [mutant.line, excuseFor(mutant, 'any')]);
		expect(reasons.filter(([, excuse]) => excuse !== '')).toEqual([[15, 'nobody else has seen the list yet']]);
	});

	it('may speak of some kinds and kernels only', () => {
		const text = fn(
			'/* A lock. not needed here (no lock, on old new): nobody comes. not needed here (swapped): it is ours. */',
			'spin_lock(&s->l);',
			'publish(s);',
			'spin_unlock(&s->l);',
		);
		const excuse = (kind: MutantKind, kernel: string) => {
			const mutant = ofKind(text, kind).find(({ line }) => line === 4);
			return mutant === undefined ? null : excuseFor(mutant, kernel);
		};
		expect(excuse('no lock', 'new')).toBe('nobody comes.');
		expect(excuse('no lock', 'other')).toBe('');
		expect(excuse('no call', 'new')).toBe('');
		expect(excuse('swapped', 'other')).toBe('it is ours.');
	});

	it('is not that of the statement before', () => {
		const text = fn('spin_lock(&s->l);\t/* not needed here: ours */', 'publish(s);', 'spin_unlock(&s->l);');
		const mutants = mutantsOf('a.c', text, marked).filter((mutant) => excuseFor(mutant, 'any') !== '');
		expect([...new Set(mutants.map(({ line }) => line))]).toEqual([3]);
	});
});
