import { ScenarioError } from '../scenario/scenario.ts';
import { UsageError } from './io.ts';

/** Does something with names that the user gave: a name that a scenario does not have is then wrong use, not a bad scenario. */
export function asUsage<T>(act: () => T): T {
	try {
		return act();
	} catch (error) {
		if (error instanceof ScenarioError) throw new UsageError(error.message);
		throw error;
	}
}
