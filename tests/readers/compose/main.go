// Compose reads compose files as Docker does and prints each service's environment as JSON:
// `compose FOLDER FILE…`. A file that Docker would refuse ends with exit code 1 and its reason.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	environments, err := read(os.Args[1], os.Args[2:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(environments)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(folder string, files []string) (map[string]map[string]*string, error) {
	options, err := cli.NewProjectOptions(files, cli.WithWorkingDirectory(folder), cli.WithEnvFiles(), cli.WithDotEnv)
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	environments := map[string]map[string]*string{}
	for name, service := range project.Services {
		environments[name] = service.Environment
	}
	return environments, nil
}
