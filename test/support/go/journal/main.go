// Makes of a state and the journal of an update the state after it, by the engine's own replayer: what Pulumi Cloud
// does with the entries that an engine sends it.
package main

import (
	"cmp"
	"encoding/json"
	"log"
	"os"
	"slices"

	"github.com/pulumi/pulumi/pkg/v3/backend"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

func main() {
	var update struct {
		Base    apitype.DeploymentV3
		Entries []apitype.JournalEntry
	}
	if err := json.NewDecoder(os.Stdin).Decode(&update); err != nil {
		log.Fatal(err)
	}
	slices.SortFunc(update.Entries, func(one, other apitype.JournalEntry) int {
		return cmp.Compare(one.SequenceID, other.SequenceID)
	})
	replayer := backend.NewJournalReplayer(&update.Base)
	for _, entry := range update.Entries {
		if err := replayer.Add(entry); err != nil {
			log.Fatal(err)
		}
	}
	state, err := replayer.GenerateDeployment()
	if err != nil {
		log.Fatal(err)
	}
	after := map[string]any{"version": state.Version, "features": state.Features, "deployment": state.Deployment}
	if err := json.NewEncoder(os.Stdout).Encode(after); err != nil {
		log.Fatal(err)
	}
}
