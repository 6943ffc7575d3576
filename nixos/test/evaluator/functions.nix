# Functions of nixpkgs' lib that the modules use and Nix does not have itself.
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    listToAttrs
    ;
  functions = {
    optional = condition: value: if condition then [ value ] else [ ];
    optionals = condition: values: if condition then values else [ ];
    optionalAttrs = condition: set: if condition then set else { };
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    filterAttrs =
      keep: set:
      listToAttrs (
        concatMap (
          name:
          functions.optional (keep name set.${name}) {
            inherit name;
            value = set.${name};
          }
        ) (attrNames set)
      );
    genAttrs = names: f: listToAttrs (map (name: { inherit name; value = f name; }) names);
    concatMapStringsSep =
      separator: f: values:
      concatStringsSep separator (map f values);
    hasInfix = infix: text: builtins.replaceStrings [ infix ] [ "" ] text != text;
    unique = builtins.foldl' (
      found: name: if builtins.elem name found then found else found ++ [ name ]
    ) [ ];
    reverse = builtins.foldl' (reversed: value: [ value ] ++ reversed) [ ];
  };
in
functions
