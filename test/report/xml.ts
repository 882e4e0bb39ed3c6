/** Elements of an XML text, and a complaint for what is not well-formed: enough of XML 1.0 for a picture without DTD. */

export interface XmlElement {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	/** Text directly inside, entities resolved. */
	text: string;
	readonly depth: number;
}

/** The elements in document order. @throws Error for what is not well-formed */
export function readXml(source: string): XmlElement[] {
	const elements: XmlElement[] = [];
	const open: XmlElement[] = [];
	let rest = source.replace(/^<\?xml [^?]*\?>\n/, '');
	while (rest !== '') {
		const [tag] = /^<[^>]*>/.exec(rest) ?? [];
		if (tag === undefined) {
			const [text = ''] = /^[^<]+/.exec(rest) ?? [];
			if (text === '') throw new Error(`a lone <: ${rest.slice(0, 40)}`);
			const top = open.at(-1);
			if (top === undefined && text.trim() !== '') throw new Error(`text outside: ${text}`);
			if (top !== undefined) top.text += resolved(text);
			rest = rest.slice(text.length);
			continue;
		}
		rest = rest.slice(tag.length);
		const end = /^<\/(\w+)>$/.exec(tag)?.[1];
		if (end !== undefined) {
			if (open.pop()?.name !== end) throw new Error(`${tag} ends what is not open`);
			continue;
		}
		const [, name = '', pairs = '', slash = ''] = /^<(\w+)((?: [\w:-]+="[^"<]*")*)(\/?)>$/.exec(tag) ?? [];
		if (name === '') throw new Error(`no tag: ${tag}`);
		if (open.length === 0 && elements.length > 0) throw new Error('a second root');
		const attributes: Record<string, string> = {};
		for (const [, key = '', value = ''] of pairs.matchAll(/ ([\w:-]+)="([^"]*)"/g)) {
			if (key in attributes) throw new Error(`${key} twice in ${tag}`);
			attributes[key] = resolved(value);
		}
		const element = { name, attributes, text: '', depth: open.length };
		elements.push(element);
		if (slash === '') open.push(element);
	}
	if (open.length > 0) throw new Error(`${open.map(({ name }) => name).join()} not closed`);
	return elements;
}

function resolved(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 forbids them
	if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
		throw new Error('a character that XML forbids');
	return text.replaceAll(/&(\w*);?/g, (entity, name: string) => {
		const character = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name];
		if (character === undefined || !entity.endsWith(';')) throw new Error(`a bare & or an unknown entity: ${entity}`);
		return character;
	});
}
