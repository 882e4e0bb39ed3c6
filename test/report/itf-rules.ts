/**
 * The rules of the Informal Trace Format as Apalache's ADR-015 states them, as a checker of its own: it knows nothing of the
 * program that writes traces.
 */

/** Everything that is wrong with a text as a trace, a line each; empty for a trace. */
export function itfFaults(text: string): string[] {
	const trace: unknown = JSON.parse(text);
	const faults: string[] = [];
	if (!isObject(trace)) return ['a trace is an object'];
	for (const key of Object.keys(trace)) {
		if (!['#meta', 'params', 'vars', 'states', 'loop'].includes(key)) faults.push(`unknown field ${key}`);
	}
	if (trace['#meta'] !== undefined && !isObject(trace['#meta'])) faults.push('#meta is no object');
	const { vars, states, loop } = trace;
	if (!Array.isArray(vars) || !vars.every((name) => typeof name === 'string'))
		return [...faults, 'vars is no list of names'];
	if (!Array.isArray(states)) return [...faults, 'states is no list'];
	if (new Set(vars).size !== vars.length) faults.push('a variable is named twice');
	if (loop !== undefined && !(Number.isInteger(loop) && Number(loop) < states.length)) faults.push('loop is no index');
	for (const [index, state] of states.entries()) {
		if (!isObject(state)) {
			faults.push(`state ${index} is no object`);
			continue;
		}
		const names = Object.keys(state).filter((key) => key !== '#meta');
		for (const name of vars) if (!names.includes(String(name))) faults.push(`state ${index} lacks ${name}`);
		for (const name of names) {
			if (!vars.includes(name)) faults.push(`state ${index} has ${name}, which is no variable`);
			valueFaults(state[name], `state ${index}, ${name}`, faults);
		}
		if (state['#meta'] !== undefined && !isObject(state['#meta'])) faults.push(`#meta of state ${index} is no object`);
	}
	return faults;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueFaults(value: unknown, where: string, faults: string[]): void {
	if (typeof value === 'boolean' || typeof value === 'string') return;
	if (Array.isArray(value)) {
		for (const [index, element] of value.entries()) valueFaults(element, `${where}[${index}]`, faults);
		return;
	}
	if (!isObject(value)) {
		faults.push(`${where}: ${JSON.stringify(value)} is no value (integers are {"#bigint": "..."})`);
		return;
	}
	const keys = Object.keys(value);
	const special = keys.find((key) => key.startsWith('#'));
	if (special === undefined) {
		for (const key of keys) valueFaults(value[key], `${where}.${key}`, faults);
		return;
	}
	if (keys.length !== 1) faults.push(`${where}: ${special} beside other fields`);
	const inner = value[special];
	switch (special) {
		case '#bigint':
			if (typeof inner !== 'string' || !/^-?[0-9]+$/.test(inner))
				faults.push(`${where}: #bigint ${JSON.stringify(inner)}`);
			return;
		case '#tup':
		case '#set':
			if (!Array.isArray(inner)) faults.push(`${where}: ${special} is no list`);
			else valueFaults(inner, where, faults);
			if (
				special === '#set' &&
				Array.isArray(inner) &&
				new Set(inner.map((e) => JSON.stringify(e))).size < inner.length
			) {
				faults.push(`${where}: an element twice in a set`);
			}
			return;
		case '#map': {
			if (!Array.isArray(inner) || !inner.every((pair) => Array.isArray(pair) && pair.length === 2)) {
				faults.push(`${where}: #map is no list of pairs`);
				return;
			}
			const mapKeys = inner.map((pair: unknown[]) => JSON.stringify(pair[0]));
			if (new Set(mapKeys).size < mapKeys.length) faults.push(`${where}: a key twice in a map`);
			for (const pair of inner) valueFaults(pair, where, faults);
			return;
		}
		case '#unserializable':
			if (typeof inner !== 'string') faults.push(`${where}: #unserializable is no text`);
			return;
		default:
			faults.push(`${where}: field ${special} is not of the format`);
	}
}

/** Where a value is not of a type in the notation of Apalache's type checker; empty when it is. */
export function typeFaults(value: unknown, type: string): string[] {
	const faults: string[] = [];
	const rest = check(type.trim(), [value], faults);
	return rest.trim() === '' ? faults : [...faults, `the type has "${rest}" left`];
}

/** Reads one type from the start of `text`, holds all `values` against it, and returns what is left of the text. */
function check(text: string, values: readonly unknown[], faults: string[]): string {
	const left = checkAtom(text.trimStart(), values, faults);
	if (left === null) {
		faults.push(`not a type: ${text}`);
		return '';
	}
	return left;
}

function checkAtom(text: string, values: readonly unknown[], faults: string[]): string | null {
	const expect = (isRight: (value: unknown) => boolean, name: string): void => {
		for (const value of values) if (!isRight(value)) faults.push(`${JSON.stringify(value)} is no ${name}`);
	};
	const field = (key: string): unknown[] => values.map((value) => (isObject(value) ? value[key] : undefined));
	const list = (key: string): unknown[] => field(key).flatMap((inner) => (Array.isArray(inner) ? inner : []));
	if (/^Str -> /.test(text)) {
		expect((value) => isObject(value) && Array.isArray(value['#map']), 'map');
		const pairs = list('#map') as unknown[][];
		for (const pair of pairs) if (typeof pair[0] !== 'string') faults.push(`${JSON.stringify(pair[0])} is no Str`);
		return check(
			text.slice('Str -> '.length),
			pairs.map((pair) => pair[1]),
			faults,
		);
	}
	const variants = /^(?:\w+\(\w+\)(?: \| )?)+/.exec(text)?.[0] ?? '';
	if (variants.includes('|')) {
		const inner = new Map([...variants.matchAll(/(\w+)\((\w+)\)/g)].map(([, tag = '', of = '']) => [tag, of]));
		for (const value of values) {
			const of = isObject(value) && typeof value.tag === 'string' ? inner.get(value.tag) : undefined;
			if (of === undefined) faults.push(`${JSON.stringify(value)} is no ${variants}`);
			else if (of === 'UNIT')
				expect(() => JSON.stringify((value as { value: unknown }).value) === '{"#tup":[]}', 'unit');
			else check(of, [(value as { value: unknown }).value], faults);
		}
		return text.slice(variants.length);
	}
	const basic = /^(Int|Bool|Str)\b/.exec(text)?.[1];
	if (basic !== undefined) {
		if (basic === 'Int') expect((value) => isObject(value) && typeof value['#bigint'] === 'string', 'Int');
		else expect((value) => typeof value === (basic === 'Bool' ? 'boolean' : 'string'), basic);
		return text.slice(basic.length);
	}
	const wrapper = /^(Seq|Set)\(/.exec(text)?.[1];
	if (wrapper !== undefined) {
		if (wrapper === 'Seq') expect(Array.isArray, 'Seq');
		else expect((value) => isObject(value) && Array.isArray(value['#set']), 'Set');
		const elements = wrapper === 'Seq' ? values.flatMap((value) => (Array.isArray(value) ? value : [])) : list('#set');
		const rest = check(text.slice(4), elements, faults);
		return rest.startsWith(')') ? rest.slice(1) : null;
	}
	if (!text.startsWith('{')) return null;
	const names: string[] = [];
	let rest = text.slice(1).trimStart();
	while (!rest.startsWith('}')) {
		const [head = '', name = ''] = /^(\w+): /.exec(rest) ?? [];
		if (head === '') return null;
		names.push(name);
		rest = check(rest.slice(head.length), field(name), faults).trimStart().replace(/^,\s*/, '');
	}
	expect(
		(value) => isObject(value) && Object.keys(value).sort().join() === [...names].sort().join(),
		`record of ${names.join()}`,
	);
	return rest.slice(1);
}
