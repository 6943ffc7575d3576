// Command generate renders one Helm chart, as `helm template` would, from a request on standard input.
//
// The library is used and not the helm command, because compiling it takes a fraction of the time.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
)

type request struct {
	// Chart is the chart's folder.
	Chart string `json:"chart"`
	// Version replaces the chart's own: cert-manager fills it in only when it packages a release.
	Version    string         `json:"version"`
	Release    string         `json:"release"`
	Namespace  string         `json:"namespace"`
	Kubernetes string         `json:"kubernetes"`
	Values     map[string]any `json:"values"`
}

type response struct {
	// Manifests are YAML documents in Helm's install order.
	Manifests []string `json:"manifests"`
	// Hooks names what the chart leaves to Helm's own life cycle, as "kind/name".
	Hooks []string `json:"hooks"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var wanted request
	if err := json.NewDecoder(in).Decode(&wanted); err != nil {
		return fmt.Errorf("the request on standard input is no JSON: %w", err)
	}
	rendered, err := render(wanted)
	if err != nil {
		return fmt.Errorf("chart %s: %w", wanted.Chart, err)
	}
	return json.NewEncoder(out).Encode(rendered)
}

func render(wanted request) (*response, error) {
	chart, err := loader.Load(wanted.Chart)
	if err != nil {
		return nil, err
	}
	chart.Metadata.Version = wanted.Version
	chart.Metadata.AppVersion = wanted.Version

	capabilities := common.DefaultCapabilities.Copy()
	kubernetes, err := common.ParseKubeVersion(wanted.Kubernetes)
	if err != nil {
		return nil, err
	}
	capabilities.KubeVersion = *kubernetes

	options := common.ReleaseOptions{Name: wanted.Release, Namespace: wanted.Namespace, Revision: 1, IsInstall: true}
	values, err := util.ToRenderValues(chart, wanted.Values, options, capabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(chart, values)
	if err != nil {
		return nil, err
	}
	for name := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	result := &response{Manifests: []string{}, Hooks: []string{}}
	for _, hook := range hooks {
		result.Hooks = append(result.Hooks, hook.Kind+"/"+hook.Name)
	}
	for _, manifest := range manifests {
		result.Manifests = append(result.Manifests, manifest.Content)
	}
	return result, nil
}
