# The part of nixpkgs' lib that the modules use, in a tenth of its size: they can be evaluated where no nixpkgs is at
# hand. test/run.nix takes nixpkgs' own lib instead where there is one.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    filter
    foldl'
    head
    isAttrs
    isFunction
    isList
    length
    map
    ;
  functions = import ./functions.nix;
  inherit (functions) genAttrs reverse unique;
  types = import ./types.nix {
    inherit
      discharge
      evaluate
      mergeDefinitions
      pushDown
      showOption
      ;
  };

  typed = type: content: { _type = type; } // content;
  isType = type: value: isAttrs value && (value._type or null) == type;
  showOption = concatStringsSep ".";

  # A definition with mkIf, mkMerge and mkOverride taken off: [ { priority, value } ].
  discharge =
    value:
    if isType "if" value then
      if value.condition then discharge value.content else [ ]
    else if isType "merge" value then
      concatMap discharge value.contents
    else if isType "override" value then
      map (one: one // { inherit (value) priority; }) (discharge value.content)
    else
      [
        {
          priority = 100;
          inherit value;
        }
      ];

  # The same for a set that is not an option itself: conditions move to its attributes, whose names stay known.
  pushDown =
    value:
    if isType "if" value then
      map (builtins.mapAttrs (_: content: mkIf value.condition content)) (pushDown value.content)
    else if isType "merge" value then
      concatMap pushDown value.contents
    else if isType "override" value then
      map (builtins.mapAttrs (_: content: mkOverride value.priority content)) (pushDown value.content)
    else
      [ value ];

  strongest =
    definitions:
    let
      best = foldl' (low: one: if one.priority < low then one.priority else low) 9999 definitions;
    in
    map (one: one.value) (filter (one: one.priority == best) definitions);

  # The value of a type from the raw definitions at a path.
  mergeDefinitions =
    path: type: definitions:
    let
      values = strongest (concatMap discharge definitions);
      wrong = filter (value: !type.check value) values;
    in
    if values == [ ] && type ? empty then
      type.empty
    else if values == [ ] then
      throw "The option `${showOption path}' was accessed but has no value defined."
    else if wrong != [ ] then
      throw "A definition for option `${showOption path}' is not of type `${type.name}': ${show (head wrong)}"
    else
      type.merge path values;
  show =
    value:
    if isAttrs value || isList value || isFunction value then
      builtins.typeOf value
    else
      builtins.toJSON value;

  mkIf = condition: content: typed "if" { inherit condition content; };
  mkOverride = priority: content: typed "override" { inherit priority content; };

  # All modules with their imports: [ { options, config } ].
  collect =
    args: module:
    let
      loaded = if builtins.isPath module then import module else module;
      value = if isFunction loaded then loaded args else loaded;
      structured = value ? config || value ? options;
    in
    concatMap (collect args) (value.imports or [ ])
    ++ [
      {
        options = value.options or { };
        config = if structured then value.config or { } else removeAttrs value [ "imports" ];
      }
    ];

  mergeOptions =
    path: sets:
    genAttrs (unique (concatMap attrNames sets)) (
      name:
      let
        declared = map (set: set.${name}) (filter (set: set ? ${name}) sets);
      in
      if !(isType "option" (head declared)) then
        mergeOptions (path ++ [ name ]) declared
      else if length declared > 1 then
        throw "The option `${showOption (path ++ [ name ])}' is already declared."
      else
        head declared
    );

  mergeConfig =
    path: options: definitions:
    let
      sets = concatMap pushDown definitions;
      unknown = filter (name: !(options ? ${name})) (concatMap attrNames sets);
      valueOf =
        name: option:
        let
          here = path ++ [ name ];
          defined = map (set: set.${name}) (filter (set: set ? ${name}) sets);
          fallback = if option ? default then [ (mkOverride 1500 option.default) ] else [ ];
        in
        if isType "option" option then
          mergeDefinitions here option.type (defined ++ fallback)
        else
          mergeConfig here option defined;
    in
    if unknown != [ ] then
      throw "The option `${showOption (path ++ [ (head unknown) ])}' does not exist."
    else
      builtins.mapAttrs valueOf options;

  evaluate =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      args = specialArgs // {
        inherit lib config options;
      };
      # As nixpkgs does: lists hold the last module's definitions first.
      collected = reverse (concatMap (collect args) modules);
      options = mergeOptions prefix (map (module: module.options) collected);
      config = mergeConfig prefix options (map (module: module.config) collected);
    in
    {
      inherit config options;
    };

  lib = functions // {
    inherit (builtins) mapAttrs;
    inherit
      mkIf
      mkOverride
      types
      showOption
      ;
    evalModules = evaluate;
    mkOption = typed "option";
    mkMerge = contents: typed "merge" { inherit contents; };
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;
  };
in
lib
