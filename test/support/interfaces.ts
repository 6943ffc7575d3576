import { join } from 'node:path';
import ts from 'typescript';
import { filesBelow, ROOT } from './repository.js';

/** A property of an interface, as its docstring describes it. */
export interface Property {
  readonly name: string;
  /** The interface or type that declares it, which may be one that others extend. */
  readonly declaredBy: string;
  readonly optional: boolean;
  /** What `@default` says. */
  readonly default: string | undefined;
}

/** The exported interfaces and object types of a folder's files, by name, with all properties that they have. */
export function interfacesOf(folder: string): ReadonlyMap<string, readonly Property[]> {
  const files = filesBelow('lib').filter((file) => file.endsWith('.ts'));
  // Without resolution nothing beyond these files is read: it takes a tenth of the time.
  const program = ts.createProgram(
    files.map((file) => join(ROOT, file)),
    { noResolve: true, noLib: true, types: [], module: ts.ModuleKind.NodeNext },
  );
  const checker = program.getTypeChecker();
  const declarations = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName.startsWith(join(ROOT, folder)))
    .flatMap(({ statements }) => statements)
    .filter((node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node));
  return new Map(
    declarations.map((declaration) => [
      declaration.name.text,
      propertiesOf(checker.getTypeAtLocation(declaration), checker),
    ]),
  );
}

/** Of a union, the properties of each of its members. */
function propertiesOf(type: ts.Type, checker: ts.TypeChecker): readonly Property[] {
  const symbols = (type.isUnion() ? type.types : [type]).flatMap((one) => checker.getPropertiesOfType(one));
  return [...new Map(symbols.map((symbol) => [symbol.name, symbol])).values()].map((symbol) => ({
    name: symbol.name,
    declaredBy: declarer(symbol),
    optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
    default: symbol
      .getJsDocTags(checker)
      .filter(({ name }) => name === 'default')
      .map(({ text }) => ts.displayPartsToString(text))[0],
  }));
}

function declarer(symbol: ts.Symbol): string {
  for (let node: ts.Node | undefined = symbol.declarations?.[0]; node; node = node.parent)
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node.name.text;
  return '';
}
