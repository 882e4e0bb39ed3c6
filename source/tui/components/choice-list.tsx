import { Box, Text } from 'ink';
import SelectInput from 'ink-select-input';
import { useCallback, useMemo } from 'react';
import type { List } from '../view-model/screen-model.ts';

export interface ListHandlers {
	readonly onChoose: (value: string) => void;
	readonly onHighlight: (value: string) => void;
}

function Item({ label }: { readonly label: string; readonly isSelected?: boolean }) {
	return <Text>{label}</Text>;
}

/** A list to choose from; it is given only the keys that are meant for it. */
export function ChoiceList({ list, onChoose, onHighlight }: { readonly list: List } & ListHandlers) {
	const { pointer } = list;
	const blank = useMemo(() => ' '.repeat(widthOf(pointer)), [pointer]);
	const Indicator = useCallback(
		({ isSelected = false }: { readonly isSelected?: boolean }) => <Text>{isSelected ? pointer : blank}</Text>,
		[pointer, blank],
	);
	const items = useMemo(() => [...list.items], [list.items]);
	return (
		<Box width={list.width} height={list.height} flexShrink={0}>
			<SelectInput
				key={list.name}
				items={items}
				limit={list.height}
				initialIndex={list.initial}
				isFocused={list.isActive}
				indicatorComponent={Indicator}
				itemComponent={Item}
				onSelect={({ value }) => onChoose(value)}
				onHighlight={({ value }) => onHighlight(value)}
			/>
		</Box>
	);
}

/** Cells of a painted pointer: its sequences take none. */
function widthOf(painted: string): number {
	const [first = '', ...parts] = painted.split('\u001b');
	return first.length + parts.reduce((sum, part) => sum + part.replace(/^\[[\d;]*m/, '').length, 0);
}
