package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin runs a policy pack, or the folder of a PulumiPlugin.yaml, to its end.
func (h *host) RunPlugin(request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer) error {
	isPack := request.Kind == string(apitype.AnalyzerPlugin)
	tools, err := tools(request.Info, !isPack)
	if err != nil {
		return err
	}
	folder, working := request.Info.ProgramDirectory, request.Pwd
	arguments := append([]string{"-u", folder}, request.Args...)
	if isPack {
		working = folder
		arguments = append(append([]string{"-u", "-m", "pulumi.policy"}, request.Args...), folder)
	}
	command, err := tools.Command(stream.Context(), arguments...)
	if err != nil {
		return err
	}
	attach(command, request.Env)
	command.Dir = working
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	command.Stdout, command.Stderr = stdout, stderr
	if isPack {
		err = runPack(stream.Context(), command, stdout)
	} else {
		err = command.Run()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = stream.Send(&pulumirpc.RunPluginResponse{
			Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())},
		})
	}
	return errors.Join(err, closer.Close())
}

// runPack starts a policy pack once the engine has said for which stack: a pack takes that from its environment.
func runPack(ctx context.Context, command *exec.Cmd, stdout io.Writer) error {
	proxy, output, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return fmt.Errorf("the policy pack's proxy: %w", err)
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("the policy pack's stack: %w", err)
	}
	if stack != nil {
		environment, err := configuration(stack.Config, stack.ConfigSecretKeys)
		if err != nil {
			return err
		}
		attach(command, append(environment,
			"PULUMI_ORGANIZATION="+stack.Organization,
			"PULUMI_PROJECT="+stack.Project,
			"PULUMI_STACK="+stack.Stack,
			"PULUMI_DRY_RUN="+strconv.FormatBool(stack.DryRun),
		))
	}
	command.Stdout = output
	if err := command.Start(); err != nil {
		proxy.Abort(err)
		return err
	}
	return proxy.Attach(ctx, command)
}
