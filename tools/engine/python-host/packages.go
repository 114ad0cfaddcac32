package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

//go:embed packages.py
var findPackages string

// GetRequiredPackages names the plugins of the SDKs in the program's environment.
func (h *host) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	tools, err := tools(request.Info, false)
	if err != nil {
		return nil, err
	}
	// The first call of a run: with uv and poetry, a program needs no environment of its own before.
	if err := tools.EnsureVenv(ctx, request.Info.ProgramDirectory, false, false, io.Discard, io.Discard); err != nil {
		return nil, err
	}
	command, err := tools.Command(ctx, "-c", findPackages)
	if err != nil {
		return nil, err
	}
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("the packages of %s: %w", command.Path, err)
	}
	var packages []*pulumirpc.PackageDependency
	if err := json.Unmarshal(output, &packages); err != nil {
		return nil, fmt.Errorf("the packages of %s: %w", command.Path, err)
	}
	for _, found := range packages {
		found.Kind = string(apitype.ResourcePlugin)
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}
