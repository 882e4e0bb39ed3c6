/** Results that are used again, in place of working them out, when nothing they depended on has changed. */

interface Known<Answer, Result> {
	readonly asked: ReadonlyMap<string, Answer>;
	readonly result: Result;
}

/** Results for one subject that are kept, the last ones used. */
const kept = 128;

/**
 * What has been made of subjects that never change, with the questions that were asked about everything else while it was made.
 * Another time it is the same if the answers are the same.
 */
export class Recollection<Subject extends object, Answer, Result> {
	private readonly known = new WeakMap<Subject, Known<Answer, Result>[]>();

	/**
	 * What was made of the subject when every question that was asked had the answer it has now; undefined when there is none.
	 *
	 * @param fits refuses results for reasons that are no questions
	 */
	recall(
		subject: Subject,
		answer: (question: string) => Answer,
		fits: (result: Result) => boolean = () => true,
	): Result | undefined {
		const all = this.known.get(subject);
		if (all === undefined) return undefined;
		for (let index = 0; index < all.length; index++) {
			const known = all[index];
			if (known === undefined || !fits(known.result) || !isSame(known.asked, answer)) continue;
			if (index > 0) all.unshift(...all.splice(index, 1));
			return known.result;
		}
		return undefined;
	}

	/**
	 * @param asked all questions on which the result depends, in the order in which they were asked: a question may make sense only
	 * after the answers before it
	 */
	remember(subject: Subject, asked: ReadonlyMap<string, Answer>, result: Result): void {
		const all = this.known.get(subject) ?? [];
		this.known.set(subject, [{ asked, result }, ...all].slice(0, kept));
	}
}

function isSame<Answer>(asked: ReadonlyMap<string, Answer>, answer: (question: string) => Answer): boolean {
	for (const [question, before] of asked) if (answer(question) !== before) return false;
	return true;
}
