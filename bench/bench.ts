// Runs one benchmark by name: `npm run bench -- overhead|scale|soak|diagnosis|page|fidelity [arguments]`.
const names = ['overhead', 'scale', 'soak', 'diagnosis', 'page', 'fidelity']
const [name = '', ...args] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`bench: say which one: npm run bench -- ${names.join('|')}`)
  process.exit(2)
}
const bench = (await import(`./${name}.ts`)) as { run(args: string[]): Promise<void> }
await bench.run(args)
