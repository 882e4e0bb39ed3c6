import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../source/scenario/schema.ts';

const published = JSON.parse(
	readFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), 'utf8'),
) as object;

describe('the JSON Schema for editors', () => {
	it('is up to date (else run: npx node scripts/scenario-schema.ts)', () => {
		expect(published).toEqual(JSON.parse(JSON.stringify(scenarioJsonSchema())));
	});

	it('describes every key, so that an editor has something to show', () => {
		const bare: string[] = [];
		const look = (schema: unknown, path: string): void => {
			if (typeof schema !== 'object' || schema === null) return;
			for (const [key, value] of Object.entries(schema)) {
				if (key === 'properties' && typeof value === 'object' && value !== null) {
					for (const [name, inner] of Object.entries(value as Record<string, object>)) {
						if (!('description' in inner)) {
							bare.push(`${path}.${name}`);
						}
						look(inner, `${path}.${name}`);
					}
				} else look(value, path);
			}
		};
		look(published, '');
		expect(bare).toEqual([]);
	});
});
