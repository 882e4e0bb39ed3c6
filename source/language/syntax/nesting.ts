import type { Declaration, Node } from './ast.ts';

/**
 * Nodes on the longest way down a tree. Chains such as `a + a + a ...` make trees deep without nesting in the text, and whoever
 * walks a tree does it by recursion.
 */
const deepestTree = 1000;

/** A node that is too deep in a declaration's tree, or null when the tree can be walked by recursion. */
export function tooDeep(declaration: Declaration | Node): Node | null {
	const seen = new Set<object>();
	const rest: { value: object; depth: number; node: Node }[] = [{ value: declaration, depth: 0, node: declaration }];
	for (let item = rest.pop(); item !== undefined; item = rest.pop()) {
		if (seen.has(item.value)) continue;
		seen.add(item.value);
		const node = isNode(item.value) ? item.value : item.node;
		if (item.depth > deepestTree) return node;
		for (const value of Object.values(item.value)) {
			if (typeof value === 'object' && value !== null) {
				rest.push({ value, depth: item.depth + (Array.isArray(item.value) ? 0 : 1), node });
			}
		}
	}
	return null;
}

function isNode(value: object): value is Node {
	return 'position' in value && 'length' in value && !Array.isArray(value);
}
