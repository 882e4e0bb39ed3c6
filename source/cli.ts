import meow from 'meow';
import packageJson from '../package.json' with { type: 'json' };

// A bundle has no package.json beside it for meow to find, so it is handed over.
meow('Usage: mmstep [SCENARIO[/KERNEL] | FOLDER | RECORDING]', {
	importMeta: import.meta,
	pkg: { name: packageJson.name, version: packageJson.version },
	description: packageJson.description,
});
