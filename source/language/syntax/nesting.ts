import type { Declaration, Node } from './ast.ts';
import type { Parser } from './parser-state.ts';

/**
 * Nodes on the longest way down a tree. Chains such as `a + a + a ...` make trees deep without nesting in the text, and whoever
 * walks a tree does it by recursion.
 */
const deepestTree = 1000;

/** More nodes than there are on the way down from an open construct to the next one within, without links. */
const nodesOfConstruct = 12;

/** Whether what has just been read could have a node that is too deep: rarely, and only then it is worth looking for one. */
export function mayBeDeep({ deepest, links }: Parser): boolean {
	return deepest * nodesOfConstruct + links > deepestTree;
}

/** A node that is too deep in a declaration's tree, or null when the tree can be walked by recursion. */
export function tooDeep(declaration: Declaration | Node): Node | null {
	const seen = new Set<object>();
	// Three lists in parallel: what is to be looked at, how deep it is, and the node that it is or belongs to.
	const parts: object[] = [declaration];
	const depths = [0];
	const nodes: Node[] = [declaration];
	for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
		const depth = depths.pop() ?? 0;
		const above = nodes.pop() ?? declaration;
		if (seen.has(part)) continue;
		seen.add(part);
		const node = isNode(part) ? part : above;
		if (depth > deepestTree) return node;
		const isList = Array.isArray(part);
		const below: readonly unknown[] = Array.isArray(part) ? part : Object.values(part);
		for (const value of below) {
			if (typeof value !== 'object' || value === null || 'column' in value) continue; // a position is no node
			parts.push(value);
			depths.push(depth + (isList ? 0 : 1));
			nodes.push(node);
		}
	}
	return null;
}

function isNode(part: object): part is Node {
	return 'position' in part && 'length' in part && !Array.isArray(part);
}
