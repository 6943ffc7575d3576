# Types of options: what they accept, and how definitions become one value.
{
  discharge,
  evaluate,
  mergeDefinitions,
  pushDown,
  showOption,
}:
let
  inherit (builtins)
    all
    attrNames
    concatLists
    concatMap
    concatStringsSep
    elem
    filter
    head
    isAttrs
    isBool
    isInt
    isList
    isString
    map
    match
    substring
    ;
  inherit (import ./functions.nix) genAttrs unique;

  mergeEqual =
    path: values:
    if all (value: value == head values) values then
      head values
    else
      throw "The option `${showOption path}' has conflicting definition values.";

  mkType =
    name: check: merge:
    { inherit name check merge; _type = "option-type"; };
  # What a type is where nobody defines it.
  emptyAs = empty: type: type // { inherit empty; };
  simple = name: check: mkType name check mergeEqual;
  isStringLike = value: isString value || builtins.isPath value || (isAttrs value && value ? outPath);
  isAbsolute = value: isStringLike value && substring 0 1 (toString value) == "/";

in
rec {
  bool = simple "boolean" isBool;
  int = simple "signed integer" isInt;
  str = simple "string" isString;
  path = simple "absolute path" isAbsolute;
  package = simple "package" (value: isAttrs value && value ? outPath);
  nonEmptyStr = simple "non-empty string" (value: isString value && match "[[:space:]]*" value == null);
  port = simple "16 bit unsigned integer" (value: isInt value && value >= 0 && value <= 65535);
  lines = mkType "strings concatenated with \"\\n\"" isString (_: concatStringsSep "\n");
  ints.positive = simple "positive integer" (value: isInt value && value > 0);
  enum = values: simple "one of ${builtins.toJSON values}" (value: elem value values);
  strMatching = pattern: simple "string matching the pattern ${pattern}" (
    value: isString value && match pattern value != null
  );
  nullOr =
    type:
    emptyAs null (mkType "null or ${type.name}" (value: value == null || type.check value) (
      path: values: if all (value: value == null) values then null else mergeDefinitions path type values
    ));
  either =
    first: second:
    mkType "${first.name} or ${second.name}" (value: first.check value || second.check value) (
      path: values: mergeDefinitions path (if all first.check values then first else second) values
    );
  listOf =
    type:
    emptyAs [ ] (mkType "list of ${type.name}" isList (
      path: values: map (value: mergeDefinitions path type [ value ]) (concatLists values)
    ));
  attrsOf =
    type:
    emptyAs { } (mkType "attribute set of ${type.name}" isAttrs (
      path: values:
      let
        sets = concatMap pushDown values;
        definitionsOf = name: concatMap (set: if set ? ${name} then [ set.${name} ] else [ ]) sets;
        present = filter (name: concatMap discharge (definitionsOf name) != [ ]) (unique (concatMap attrNames sets));
      in
      genAttrs present (name: mergeDefinitions (path ++ [ name ]) type (definitionsOf name))
    ));
  anything = mkType "anything" (_: true) (
    path: values:
    if all isAttrs values then
      (attrsOf anything).merge path values
    else if all isList values then
      concatLists values
    else
      mergeEqual path values
  );
  submodule =
    module:
    mkType "submodule" isAttrs (
      path: values:
      (evaluate {
        modules = [ module ] ++ map (config: { inherit config; }) values;
        prefix = path;
      }).config
    );
}
