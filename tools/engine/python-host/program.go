package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	exitShown   = 32 // the program's exit code if its error has been shown
	stopTimeout = 5 * time.Second
)

// Run runs a stack program to its end.
func (h *host) Run(ctx context.Context, request *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	tools, err := tools(request.Info, false)
	if err != nil {
		return nil, err
	}
	if err := tools.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	environment, err := configuration(request.Config, request.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	context.AfterFunc(h.cancelled, stop)
	command, err := tools.Command(ctx, append([]string{h.executor}, h.arguments(request)...)...)
	if err != nil {
		return nil, err
	}
	attach(command, environment)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return result(command.Run()), nil
}

// arguments returns the executor's own options, the program and the program's arguments.
func (h *host) arguments(request *pulumirpc.RunRequest) []string {
	var arguments []string
	for _, option := range [][2]string{
		{"--monitor", request.MonitorAddress},
		{"--engine", h.engine},
		{"--project", request.Project},
		{"--stack", request.Stack},
		{"--organization", request.Organization},
		{"--root_directory", request.Info.RootDirectory},
		{"--pwd", request.Pwd},
		{"--dry_run", strconv.FormatBool(request.DryRun)},
		{"--parallel", strconv.Itoa(int(request.Parallel))},
	} {
		if option[1] != "" {
			arguments = append(arguments, option[:]...)
		}
	}
	return append(append(arguments, request.Info.EntryPoint), request.Args...)
}

// configuration returns the variables that hold the stack's config.
func configuration(config map[string]string, secretKeys []string) ([]string, error) {
	if config == nil { // none is an empty object for the program, never null
		config = map[string]string{}
	}
	if secretKeys == nil {
		secretKeys = []string{}
	}
	values, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("the stack's config: %w", err)
	}
	keys, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, fmt.Errorf("the stack's secret config keys: %w", err)
	}
	return []string{"PULUMI_CONFIG=" + string(values), "PULUMI_CONFIG_SECRET_KEYS=" + string(keys)}, nil
}

// attach adds variables to those that a toolchain has set, or else to the host's own, and lets a cancelled command end
// by an interrupt before it is killed.
func attach(command *exec.Cmd, environment []string) {
	if command.Env == nil {
		command.Env = os.Environ()
	}
	command.Env = append(command.Env, environment...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopTimeout
}

func result(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case errors.As(err, &exit) && exit.ExitCode() == exitShown:
		return &pulumirpc.RunResponse{Bail: true}
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("program exited with non-zero exit code: %d", exit.ExitCode())}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("program exited unexpectedly: %v", err)}
	}
}
